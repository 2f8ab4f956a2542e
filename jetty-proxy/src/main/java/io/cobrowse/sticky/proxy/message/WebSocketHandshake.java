package io.cobrowse.sticky.proxy.message;

import io.cobrowse.sticky.proxy.listener.UpgradeRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;

/**
 * A client's WebSocket handshake, in the form for an HTTP/1.1 node. An HTTP/1.1 handshake is passed on. An HTTP/2 one
 * (RFC 8441, 5) has no key, so the proxy makes one and checks the node's answer to it.
 */
public final class WebSocketHandshake {
    private static final String ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** The proxy's own key; null if the client has sent one. */
    private final @Nullable String key;

    private WebSocketHandshake(@Nullable String key) {
        this.key = key;
    }

    public static WebSocketHandshake of(Request request) {
        return new WebSocketHandshake(UpgradeRequest.isExtendedConnect(request) ? newKey() : null);
    }

    private static String newKey() {
        byte[] nonce = new byte[16];
        ThreadLocalRandom.current().nextBytes(nonce); // Proves only that the node has understood (RFC 6455, 1.3).
        return Base64.getEncoder().encodeToString(nonce);
    }

    /**
     * Returns whether a field of the client is not passed on: fields that would frame a body, which a handshake does
     * not have, and the client's key if the proxy makes one.
     */
    boolean drops(@Nullable HttpHeader header) {
        return header == HttpHeader.CONTENT_LENGTH
                || (key != null
                        && (header == HttpHeader.SEC_WEBSOCKET_KEY || header == HttpHeader.SEC_WEBSOCKET_ACCEPT));
    }

    /** Writes the fields that ask for the upgrade. */
    public void put(ByteBuffer out, HttpFields fields) {
        RequestHead.put(out, "Connection: Upgrade\r\nUpgrade: websocket\r\n");
        if (key != null) {
            RequestHead.put(out, "Sec-WebSocket-Key: " + key + "\r\n");
            if (!fields.contains("Sec-WebSocket-Version")) {
                RequestHead.put(out, "Sec-WebSocket-Version: 13\r\n");
            }
        }
    }

    /** Returns whether the node has accepted the handshake. */
    public boolean accepts(HttpFields answer) {
        return "websocket".equalsIgnoreCase(answer.get(HttpHeader.UPGRADE))
                && (key == null || accept(key).equals(answer.get(HttpHeader.SEC_WEBSOCKET_ACCEPT)));
    }

    private static String accept(String key) {
        try {
            MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
            byte[] hash = sha1.digest((key + ACCEPT_GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-1", impossible);
        }
    }

    /** Sets the head of the answer to the client, in the form of its protocol version. */
    public void answer(ResponseHead head, SetCookieRules cookies, Response response) {
        HttpFields.Mutable fields = response.getHeaders();
        for (HttpField field : head.copy(cookies)) {
            if (key == null || field.getHeader() != HttpHeader.SEC_WEBSOCKET_ACCEPT) {
                fields.add(field);
            }
        }
        if (key == null) {
            response.setStatus(HttpStatus.SWITCHING_PROTOCOLS_101);
            fields.put(HttpHeader.CONNECTION, "Upgrade");
            fields.put(HttpHeader.UPGRADE, "websocket");
        } else {
            response.setStatus(HttpStatus.OK_200);
        }
    }
}

package io.cobrowse.sticky.proxy.message;

import io.cobrowse.sticky.proxy.listener.ClientConnection;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * Writes the head of a request for its node: method and target as received, the fields in order without the
 * hop-by-hop ones (RFC 9110, 7.6.1), all {@code Cookie} fields joined into one (RFC 9113, 8.2.3), and the forwarding
 * fields.
 */
public final class RequestHead {
    private static final byte[] VERSION = ascii(" HTTP/1.1\r\n");
    private static final byte[] HOST = ascii("Host: ");
    private static final byte[] COOKIE = ascii("Cookie: ");
    private static final byte[] COOKIE_SEPARATOR = ascii("; ");
    private static final byte[] CHUNKED = ascii("Transfer-Encoding: chunked\r\n");
    private static final byte[] EMPTY_BODY = ascii("Content-Length: 0\r\n");
    private static final byte[] SEPARATOR = ascii(": ");
    private static final byte[] CRLF = ascii("\r\n");

    private static final int FIXED_BYTES = 512;

    private RequestHead() {}

    /** How the body of the request is delimited toward the node. */
    public enum Framing {
        /** No body, and no framing field beyond the client's own. */
        NONE,
        /** No body, stated explicitly because the method usually has one. */
        EMPTY,
        /** The length in the client's {@code Content-Length}. */
        LENGTH,
        /** In chunks. */
        CHUNKED
    }

    /**
     * Encodes the head.
     *
     * @param handshake the WebSocket that the request asks for; null if it asks for none
     * @param nodeAuthority the {@code Host} for a client that sent none
     * @return a buffer that the caller must release
     */
    public static RetainableByteBuffer encode(
            ByteBufferPool pool,
            Request request,
            Framing framing,
            @Nullable WebSocketHandshake handshake,
            String nodeAuthority) {
        // After everything else, so that routing has seen what the client sent.
        HttpFields fields = ListenerConnector.policy(request).requestFields().apply(request.getHeaders());
        String host = host(request, nodeAuthority);
        ForwardingFields forwarding = new ForwardingFields(request, host);
        byte[] targetBytes = ClientConnection.target(request).getBytes(targetCharset(request));
        int capacity =
                FIXED_BYTES + request.getMethod().length() + targetBytes.length + host.length() + forwarding.maxBytes();
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            capacity += field.getName().length() + length(field.getValue()) + 4;
        }
        RetainableByteBuffer buffer = pool.acquire(capacity, false);
        ByteBuffer out = buffer.getByteBuffer();
        out.clear();
        put(out, handshake == null ? request.getMethod() : "GET");
        out.put((byte) ' ').put(targetBytes).put(VERSION);
        if (fields.getField(HttpHeader.HOST) == null) {
            out.put(HOST);
            put(out, host);
            out.put(CRLF);
        }
        List<String> connectionOptions = HopByHop.connectionOptions(fields);
        boolean cookies = false;
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            HttpHeader header = field.getHeader();
            if (header == HttpHeader.COOKIE) {
                if (!cookies) {
                    putCookies(out, fields);
                }
                cookies = true;
            } else if (!HopByHop.drops(field, connectionOptions)
                    && !ForwardingFields.replaces(header)
                    && (handshake == null || !handshake.drops(header))) {
                put(out, field.getName());
                out.put(SEPARATOR);
                put(out, field.getValue());
                out.put(CRLF);
            }
        }
        forwarding.put(out);
        if (handshake != null) {
            handshake.put(out, fields);
        }
        switch (framing) {
            case CHUNKED -> out.put(CHUNKED);
            case EMPTY -> out.put(EMPTY_BODY);
            case NONE, LENGTH -> {}
        }
        out.put(CRLF);
        out.flip();
        return buffer;
    }

    /** Returns the charset with which Jetty's parsers have decoded the target. */
    private static Charset targetCharset(Request request) {
        boolean http2 = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
        return http2 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8;
    }

    /** Returns the host that the client asked for: its Host field, or HTTP/2's authority. */
    private static String host(Request request, String nodeAuthority) {
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (host != null) {
            return host;
        }
        boolean http2 = request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_2;
        String authority = http2 ? request.getHttpURI().getAuthority() : null;
        return authority == null ? nodeAuthority : authority;
    }

    private static void putCookies(ByteBuffer out, HttpFields fields) {
        out.put(COOKIE);
        boolean first = true;
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            if (field.getHeader() == HttpHeader.COOKIE) {
                if (!first) {
                    out.put(COOKIE_SEPARATOR);
                }
                put(out, field.getValue());
                first = false;
            }
        }
        out.put(CRLF);
    }

    private static int length(@Nullable String value) {
        return value == null ? 0 : value.length() + 2;
    }

    /** Writes field text as bytes. It was parsed as ISO-8859-1, so each character is one byte again. */
    @SuppressWarnings("deprecation") // The one bulk copy of the low bytes of a String.
    public static void put(ByteBuffer out, @Nullable String text) {
        if (text != null) {
            int length = text.length();
            int position = out.position();
            text.getBytes(0, length, out.array(), out.arrayOffset() + position);
            out.position(position + length);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

package io.cobrowse.sticky.proxy.message;

import io.cobrowse.sticky.proxy.listener.ClientConnection;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The fields that tell a node about the client: {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and
 * {@code Forwarded} (RFC 7239). Received ones are replaced unless the peer is trusted; then its address is appended,
 * and protocol and host are kept.
 */
public final class ForwardingFields {
    private static final byte[] FOR = ascii("X-Forwarded-For: ");
    private static final byte[] PROTO = ascii("\r\nX-Forwarded-Proto: ");
    private static final byte[] HOST = ascii("\r\nX-Forwarded-Host: ");
    private static final byte[] FORWARDED = ascii("\r\nForwarded: ");
    private static final byte[] LIST_SEPARATOR = ascii(", ");
    private static final byte[] CRLF = ascii("\r\n");
    private static final int FIXED_BYTES = 256;

    private final Request request;
    private final String host;
    private final String peer;
    private final boolean trusted;

    public ForwardingFields(Request request, String host) {
        this.request = request;
        this.host = host;
        this.peer = ClientConnection.peer(request);
        this.trusted = ListenerConnector.policy(request).trusts(request);
    }

    /** Returns whether {@link #put} replaces this field. */
    public static boolean replaces(@Nullable HttpHeader header) {
        if (header == null) {
            return false;
        }
        return switch (header) {
            case FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST -> true;
            default -> false;
        };
    }

    /** Returns how many bytes {@link #put} may write beyond the fields that the request has. */
    public int maxBytes() {
        return FIXED_BYTES + 2 * host.length() + 2 * peer.length();
    }

    public void put(ByteBuffer out) {
        out.put(FOR);
        putReceived(out, HttpHeader.X_FORWARDED_FOR, LIST_SEPARATOR);
        RequestHead.put(out, peer);
        out.put(PROTO);
        if (!putReceived(out, HttpHeader.X_FORWARDED_PROTO, null)) {
            RequestHead.put(out, scheme());
        }
        out.put(HOST);
        if (!putReceived(out, HttpHeader.X_FORWARDED_HOST, null)) {
            RequestHead.put(out, host);
        }
        out.put(FORWARDED);
        putReceived(out, HttpHeader.FORWARDED, LIST_SEPARATOR);
        putElement(out);
        out.put(CRLF);
    }

    private void putElement(ByteBuffer out) {
        boolean bracketed = peer.indexOf(':') >= 0;
        RequestHead.put(out, bracketed ? "for=\"[" : "for=");
        RequestHead.put(out, bracketed && peer.startsWith("[") ? peer.substring(1, peer.length() - 1) : peer);
        RequestHead.put(out, bracketed ? "]\";host=\"" : ";host=\"");
        RequestHead.put(out, host);
        RequestHead.put(out, "\";proto=");
        RequestHead.put(out, scheme());
    }

    private String scheme() {
        return request.getConnectionMetaData().isSecure() ? "https" : "http";
    }

    /** Writes the joined values from a trusted peer; returns whether there were any. */
    private boolean putReceived(ByteBuffer out, HttpHeader header, byte @Nullable [] separatorBehind) {
        if (!trusted) {
            return false;
        }
        boolean any = false;
        HttpFields fields = request.getHeaders();
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            if (field.getHeader() == header) {
                if (any) {
                    out.put(LIST_SEPARATOR);
                }
                RequestHead.put(out, field.getValue());
                any = true;
            }
        }
        if (any && separatorBehind != null) {
            out.put(separatorBehind);
        }
        return any;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}

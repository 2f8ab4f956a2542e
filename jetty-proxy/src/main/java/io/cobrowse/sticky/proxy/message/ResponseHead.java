package io.cobrowse.sticky.proxy.message;

import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** The head of a node's response while it is parsed, and its trailers. Reused from response to response; not thread-safe. */
public final class ResponseHead {
    private final HttpFields.Mutable fields = HttpFields.build();
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private int status;
    private HttpFields.@Nullable Mutable trailers;

    public void start(HttpVersion version, int status) {
        this.version = version;
        this.status = status;
    }

    public void add(HttpField field) {
        fields.add(field);
    }

    public void addTrailer(HttpField field) {
        HttpFields.Mutable known = trailers;
        if (known == null) {
            known = HttpFields.build();
            trailers = known;
        }
        known.add(field);
    }

    public void clear() {
        fields.clear();
        status = 0;
        trailers = null;
    }

    public HttpFields fields() {
        return fields;
    }

    public int status() {
        return status;
    }

    /** Returns whether this is a 1xx response, which the final one follows. */
    public boolean interim() {
        return HttpStatus.isInterim(status) || upgraded();
    }

    public boolean upgraded() {
        return status == HttpStatus.SWITCHING_PROTOCOLS_101;
    }

    public boolean hasContentLength() {
        return fields.getField(HttpHeader.CONTENT_LENGTH) != null;
    }

    /** Returns whether the response never has a body, whatever its fields say (RFC 9110, 6.4.1). */
    public boolean bodyless(boolean headRequest) {
        return headRequest || status == HttpStatus.NO_CONTENT_204 || status == HttpStatus.NOT_MODIFIED_304;
    }

    /**
     * Returns whether the body has a coding that would get lost, since {@code Transfer-Encoding} is not forwarded.
     */
    public boolean losesCoding() {
        HttpField coding = fields.getField(HttpHeader.TRANSFER_ENCODING);
        return coding != null && !"chunked".equalsIgnoreCase(coding.getValue());
    }

    /** Returns whether the node keeps the connection open after this response (RFC 9112, 9.3). */
    public boolean persistent() {
        boolean persistent = version.getVersion() >= HttpVersion.HTTP_1_1.getVersion();
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            if (field.getHeader() == HttpHeader.CONNECTION) {
                if (field.contains("close")) {
                    return false;
                }
                persistent |= field.contains("keep-alive");
            }
        }
        return persistent;
    }

    /** Returns the trailers; null if there are none. */
    @Nullable
    public HttpFields trailers() {
        return trailers;
    }

    /**
     * Adds the end-to-end fields to {@code target}, in order; {@code Server} and {@code Date} replace those of the container.
     *
     * @param cookies the rules that rewrite the {@code Set-Cookie} fields
     */
    public void copyTo(HttpFields.Mutable target, SetCookieRules cookies) {
        List<String> connectionOptions = HopByHop.connectionOptions(fields);
        boolean server = false;
        boolean date = false;
        for (int i = 0; i < fields.size(); i++) {
            HttpField field = fields.getField(i);
            HttpHeader header = field.getHeader();
            if (HopByHop.drops(field, connectionOptions) || (header == HttpHeader.CONTENT_LENGTH && !mayHaveLength())) {
                continue;
            }
            if (header == HttpHeader.SERVER && !server) {
                server = true;
                target.put(field);
            } else if (header == HttpHeader.DATE && !date) {
                date = true;
                target.put(field);
            } else if (header == HttpHeader.SET_COOKIE && !cookies.isEmpty()) {
                target.add(HttpHeader.SET_COOKIE, cookies.rewrite(field.getValue()));
            } else {
                target.add(field);
            }
        }
    }

    /**
     * Returns whether the response may state a length. An interim response and a 204 have no body, and so must not (RFC
     * 9110, 8.6).
     */
    private boolean mayHaveLength() {
        return status >= HttpStatus.OK_200 && status != HttpStatus.NO_CONTENT_204;
    }

    /** Returns a copy of the end-to-end fields of an interim response, or of a handshake's. */
    public HttpFields copy(SetCookieRules cookies) {
        HttpFields.Mutable copy = HttpFields.build();
        copyTo(copy, cookies);
        return copy.asImmutable();
    }
}

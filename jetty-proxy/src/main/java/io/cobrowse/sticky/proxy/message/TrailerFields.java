package io.cobrowse.sticky.proxy.message;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.util.BufferUtil;
import org.jspecify.annotations.Nullable;

/**
 * Fields after a body. Those that would change how the message is framed, routed or stored are not passed on (RFC
 * 9110, 6.5.1), because they would deceive a receiver that treats them as header fields.
 */
public final class TrailerFields {
    private TrailerFields() {}

    /** Returns whether a field may stand in trailers. */
    static boolean allowed(HttpField field) {
        if (field.getHeader() == null) {
            return true;
        }
        return switch (field.getHeader()) {
            case CONTENT_LENGTH,
                    TRANSFER_ENCODING,
                    TRAILER,
                    CONNECTION,
                    KEEP_ALIVE,
                    TE,
                    UPGRADE,
                    HOST,
                    COOKIE,
                    SET_COOKIE,
                    AUTHORIZATION,
                    CONTENT_ENCODING,
                    CONTENT_TYPE,
                    CONTENT_RANGE,
                    FORWARDED,
                    X_FORWARDED_FOR,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PROTO -> false;
            default -> true;
        };
    }

    /** Returns the fields that may be passed on; null if there are none. */
    public static @Nullable HttpFields passable(@Nullable HttpFields trailers) {
        if (trailers == null) {
            return null;
        }
        HttpFields.Mutable passable = HttpFields.build();
        for (HttpField field : trailers) {
            if (allowed(field)) {
                passable.add(field);
            }
        }
        return passable.size() == 0 ? null : passable;
    }

    /** Returns the last chunk of a body, followed by the trailers. */
    public static ByteBuffer lastChunk(HttpFields trailers) {
        StringBuilder text = new StringBuilder("0\r\n");
        for (HttpField field : trailers) {
            if (allowed(field)) {
                text.append(field.getName())
                        .append(": ")
                        .append(field.getValue())
                        .append("\r\n");
            }
        }
        return BufferUtil.toBuffer(text.append("\r\n").toString(), StandardCharsets.ISO_8859_1);
    }
}

package io.cobrowse.sticky.proxy.listener;

import java.lang.reflect.Field;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.eclipse.jetty.http2.hpack.internal.MetaDataBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the fields of a head over HTTP/2, and treats one that cannot be read as an error of its stream (RFC 9113,
 * 8.1.1). Jetty's decoder would stop in the middle of the head; its table of fields would then no longer match the
 * client's, and the connection would have to end. Belongs to the loop of its connection.
 */
final class FieldErrors extends MetaDataBuilder {
    private static final Logger LOG = LoggerFactory.getLogger(FieldErrors.class);
    private static final @Nullable Field BUILDER = builder();

    private boolean isRequest;

    private FieldErrors(int maxBytes) {
        super(maxBytes);
    }

    /** Makes a new decoder continue after a field that cannot be read. */
    static void endTheStream(HpackDecoder decoder) {
        if (BUILDER == null) {
            return;
        }
        try {
            BUILDER.set(decoder, new FieldErrors(decoder.getMaxHeaderListSize()));
        } catch (IllegalAccessException notLikeTheFirst) {
            throw new IllegalStateException(notLikeTheFirst);
        }
    }

    /**
     * Returns the decoder's field with its builder. Jetty offers no other way, and a decoder of our own would have to
     * be maintained.
     */
    private static @Nullable Field builder() {
        try {
            Field builder = HpackDecoder.class.getDeclaredField("_builder");
            builder.setAccessible(true);
            builder.set(new HpackDecoder(1, System::nanoTime), new FieldErrors(1));
            return builder;
        } catch (ReflectiveOperationException | RuntimeException denied) {
            LOG.warn(
                    "A malformed content-length or :authority over HTTP/2 will end the client's connection, not the stream alone: {}",
                    denied.toString());
            return null;
        }
    }

    @Override
    public void emit(HttpField field) throws HpackException.SessionException {
        isRequest |= isOfRequests(field.getHeader());
        try {
            super.emit(field);
        } catch (RuntimeException unreadable) {
            streamException(unreadable);
        }
    }

    private static boolean isOfRequests(@Nullable HttpHeader header) {
        return header == HttpHeader.C_METHOD
                || header == HttpHeader.C_SCHEME
                || header == HttpHeader.C_AUTHORITY
                || header == HttpHeader.C_PATH;
    }

    /**
     * Builds the head. Corrects two errors of Jetty: it treats a head as trailers if the first error comes before the
     * first pseudo field, and it leaves the fields of a head with an error in the next head.
     */
    @Override
    public MetaData build() throws HpackException.StreamException {
        boolean request = isRequest;
        isRequest = false;
        try {
            return super.build();
        } catch (HpackException.StreamException failure) {
            super.build(); // Builds nothing, so that the next head gets an array of its own.
            if (request && !failure.isRequest()) {
                throw new HpackException.StreamException(failure, true, false, "%s", failure.getMessage());
            }
            throw failure;
        }
    }
}

package io.cobrowse.sticky.proxy.listener;

import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.jspecify.annotations.Nullable;

/** A piece of a body that reports when it has been read and released for the last time. */
final class UnreadData extends Stream.Data {
    private final Stream.@Nullable Data source;
    private final Runnable onReleased;
    private final AtomicInteger retained = new AtomicInteger();

    /** @param source the data that holds the bytes, if it must be retained meanwhile */
    UnreadData(DataFrame frame, Stream.@Nullable Data source, Runnable onReleased) {
        super(frame);
        this.source = source;
        this.onReleased = onReleased;
    }

    @Override
    public boolean canRetain() {
        return true;
    }

    @Override
    public boolean isRetained() {
        return retained.get() > 1;
    }

    @Override
    public void retain() {
        if (source != null) {
            source.retain();
        }
        retained.incrementAndGet();
    }

    @Override
    public boolean release() {
        if (source != null) {
            source.release();
        }
        boolean last = retained.decrementAndGet() == 0;
        if (last) {
            onReleased.run();
        }
        return last;
    }
}

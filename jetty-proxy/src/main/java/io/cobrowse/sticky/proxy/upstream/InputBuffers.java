package io.cobrowse.sticky.proxy.upstream;

import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * The buffers into which answers of nodes are read: 16 KiB each, or 64 KiB if an answer flows faster than that, which
 * saves two thirds of its system calls. There are few large ones, so that slow clients hold little memory. Belongs to
 * one event loop.
 */
public final class InputBuffers {
    static final int BYTES = 16 * 1024;
    static final int LARGE_BYTES = 64 * 1024;
    /** 4 MiB a loop. */
    static final int MAX_LARGE = 64;

    private final ByteBufferPool pool;
    private int large;

    public InputBuffers(ByteBufferPool pool) {
        this.pool = pool;
    }

    /**
     * Returns a buffer, which the caller must release on this loop.
     *
     * @param flowing whether the last buffer was filled to its end
     */
    RetainableByteBuffer acquire(boolean flowing) {
        if (!flowing || large == MAX_LARGE) {
            return pool.acquire(BYTES, true);
        }
        large++;
        return new Large(pool.acquire(LARGE_BYTES, true));
    }

    /** Returns whether a buffer as small as this one should be left for a large one. */
    boolean mayGrow(RetainableByteBuffer buffer) {
        return large < MAX_LARGE && !(buffer instanceof Large);
    }

    private final class Large extends RetainableByteBuffer.Wrapper {
        Large(RetainableByteBuffer wrapped) {
            super(wrapped);
        }

        @Override
        public boolean release() {
            boolean released = super.release();
            if (released) {
                large--;
            }
            return released;
        }
    }
}

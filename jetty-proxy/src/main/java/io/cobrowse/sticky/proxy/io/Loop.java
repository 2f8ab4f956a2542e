package io.cobrowse.sticky.proxy.io;

import java.util.concurrent.Executor;

/**
 * Where what belongs together happens, one thing after the other: an {@link EventLoop}, or in tests a queue that is worked off
 * by hand.
 */
public interface Loop extends Executor {
    /** Returns whether the calling thread is the loop's. */
    boolean isCurrent();

    /** Runs the task on the loop, soon and never from within this call. A loop that has stopped runs nothing any more. */
    @Override
    void execute(Runnable task);

    /** Runs the task on the loop: now, where this is its thread, else soon. */
    default void run(Runnable task) {
        if (isCurrent()) {
            task.run();
        } else {
            execute(task);
        }
    }
}

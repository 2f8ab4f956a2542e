package io.cobrowse.sticky.proxy.io;

import java.util.concurrent.Executor;

/**
 * Runs tasks that belong together, one after the other: an {@link EventLoop}, or in tests a queue that is processed
 * by hand.
 */
public interface Loop extends Executor {
    /** Returns whether the calling thread is the loop's. */
    boolean isCurrent();

    /** Runs the task on the loop, soon but never within this call. A loop that has stopped runs nothing. */
    @Override
    void execute(Runnable task);

    /** Runs the task on the loop: now if this is its thread, otherwise soon. */
    default void run(Runnable task) {
        if (isCurrent()) {
            task.run();
        } else {
            execute(task);
        }
    }
}

package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.proxy.io.Loop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;

/** A loop whose tasks a test runs by hand, on its own thread. */
final class ManualLoop implements Loop {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final ReentrantLock turn = new ReentrantLock();

    @Override
    public boolean isCurrent() {
        return turn.isHeldByCurrentThread();
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
        }
    }

    /** Runs the task and all tasks that follow from it. */
    void turn(Runnable task) {
        turn.lock();
        try {
            task.run();
            for (Runnable next = poll(); next != null; next = poll()) {
                next.run();
            }
        } finally {
            turn.unlock();
        }
    }

    private Runnable poll() {
        synchronized (tasks) {
            return tasks.poll();
        }
    }
}

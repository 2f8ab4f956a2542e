package io.cobrowse.measuring;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a measurement that is told to stop (Ctrl-C, SIGTERM) write what it has so far: its thread is interrupted, and
 * the JVM waits for {@link #close}. The measured processes are stopped meanwhile, so expect failures. Must be opened,
 * queried and closed by the measuring thread.
 */
public final class Interruption implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final Thread measuring = Thread.currentThread();
    private final CountDownLatch written = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "interruption");
    private volatile boolean happened;

    private Interruption() {}

    public static Interruption watch() {
        Interruption watching = new Interruption();
        Runtime.getRuntime().addShutdownHook(watching.hook);
        return watching;
    }

    void stop() {
        happened = true;
        measuring.interrupt();
        try {
            written.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException unlikely) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns whether it is time to stop. Clears the thread's interrupt, so that files can be written afterwards. */
    public boolean happened() {
        return happened && (Thread.interrupted() || happened);
    }

    /** Returns whether the measurement has been told to stop. May be called by any thread; changes nothing. */
    public boolean isStopping() {
        return happened;
    }

    @Override
    public void close() {
        written.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // It runs already, and ends now.
        }
    }
}

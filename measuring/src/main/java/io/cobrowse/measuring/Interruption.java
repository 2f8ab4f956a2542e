package io.cobrowse.measuring;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a measurement that is told to stop (Ctrl-C, SIGTERM) write down what it has: its thread is interrupted, and the JVM waits
 * for {@link #close}. Processes that are measured are stopped meanwhile, so that failures are to be expected. To be opened, asked
 * and closed by the thread that measures.
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

    /** Returns whether it is time to stop; files can be written afterwards, as the thread's interrupt is taken back. */
    public boolean happened() {
        return happened && (Thread.interrupted() || happened);
    }

    /** Returns whether it has been told to stop; may be asked by any thread, and changes nothing. */
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

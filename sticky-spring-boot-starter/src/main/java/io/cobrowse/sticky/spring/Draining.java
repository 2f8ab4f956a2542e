package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.proxy.StickyProxy;
import org.springframework.context.SmartLifecycle;

/**
 * Drains the proxy when the application stops, before the server's own graceful shutdown. The drain takes at most
 * {@code cobrowse.proxy.timeouts.drain}; {@code spring.lifecycle.timeout-per-shutdown-phase} must be long enough for
 * it.
 */
final class Draining implements SmartLifecycle {
    private final StickyProxy proxy;
    private volatile boolean running;

    Draining(StickyProxy proxy) {
        this.proxy = proxy;
    }

    @Override
    public void start() {
        running = true;
    }

    @Override
    public void stop() {
        running = false;
        try {
            proxy.drain();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** Phases stop in descending order. The server's graceful shutdown has the phase {@code DEFAULT_PHASE - 1024}. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 512;
    }
}

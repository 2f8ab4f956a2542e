package io.cobrowse.sticky.proxy.exchange;

/**
 * Is notified of each request exactly once, when it has ended; of a tunnel when it opens and when it closes. Called
 * on the event loop that served the request: it must not block, and must not keep the outcome.
 */
@FunctionalInterface
public interface OutcomeListener {
    void ended(Outcome outcome);
}

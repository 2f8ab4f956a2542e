package io.cobrowse.sticky.proxy.exchange;

/**
 * Is told of each request when it has ended, exactly once; of a tunnel when it opens and when it closes. Called on the event
 * loop that served it: it must not block, and must not keep the outcome.
 */
@FunctionalInterface
public interface OutcomeListener {
    void ended(Outcome outcome);
}

package io.cobrowse.sticky.proxy.cluster.discovery;

import java.util.List;
import java.util.function.Consumer;

/**
 * Finds nodes, and goes on looking. A source that falls silent, fails, or finds no node at all says nothing: the nodes that
 * it found last stay, and the health checks tell which of them live. Thread-safe.
 */
public interface NodeSource extends AutoCloseable {
    /**
     * Begins to look, and returns at once. To be called once.
     *
     * @param listener gets all nodes, at least one, ordered by id, no id twice, each time that they have changed; called by a
     *     thread of the source's, one call at a time
     */
    void start(Consumer<List<FoundNode>> listener);

    /** Stops looking; a call of the listener that is under way may still end. */
    @Override
    void close();
}

package io.cobrowse.node.demo;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.Faults;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The demo's nodes, on loopback, so that only this machine can inject faults. Each may be killed and restarted.
 * Thread-safe.
 */
final class DemoNodes implements AutoCloseable {
    private final DemoOptions options;
    private final EventLog events;
    private final SortedMap<Integer, CobrowseNode> running = new TreeMap<>();

    DemoNodes(DemoOptions options, EventLog events) {
        this.options = options;
        this.events = events;
    }

    /** @throws IOException if a node cannot start, for example because its port is in use */
    synchronized void start() throws IOException {
        for (int i = 1; i <= options.nodes(); i++) {
            running.put(i, startNode(i));
        }
    }

    /** Returns the node, or null if it has been killed. */
    synchronized @Nullable CobrowseNode running(int i) {
        return running.get(i);
    }

    /** Ends a node as a crash would: its port is closed, its connections are reset, and its sessions are lost. */
    synchronized void kill(int i) {
        CobrowseNode node = running.remove(i);
        if (node != null) {
            // Clients are not told to disconnect: the port is closed before the node is.
            node.inject(Faults.refusing());
            node.close();
            events.note(options.name(i), "killed: its sessions are lost");
        }
    }

    /** Starts a node that has been killed. It does not know its former sessions. */
    synchronized void restart(int i) throws IOException {
        if (!running.containsKey(i)) {
            running.put(i, startNode(i));
            events.note(options.name(i), "started again, without sessions");
        }
    }

    private CobrowseNode startNode(int i) throws IOException {
        List<URI> peers = IntStream.rangeClosed(1, options.nodes())
                .filter(other -> other != i)
                .mapToObj(options::nodeUrl)
                .toList();
        return CobrowseNode.builder()
                .name(options.name(i))
                .host("127.0.0.1")
                .port(options.port(i))
                .serverUrl(options.serverUrl(i))
                .peers(peers)
                .onEvent(events)
                .build()
                .start();
    }

    @Override
    public synchronized void close() {
        running.values().forEach(CobrowseNode::close);
        running.clear();
    }
}

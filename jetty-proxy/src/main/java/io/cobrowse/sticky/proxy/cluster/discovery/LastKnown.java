package io.cobrowse.sticky.proxy.cluster.discovery;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The nodes that a source found last. Passes on changes, and logs once when the source falls silent. Thread-safe. */
final class LastKnown {
    private static final Logger LOG = LoggerFactory.getLogger(LastKnown.class);

    private final String source;
    private final Consumer<List<FoundNode>> listener;
    private List<FoundNode> nodes = List.of();
    private Set<String> refused = Set.of();
    private @Nullable String silence;

    /** Creates the list of a source, which operators know by this name. */
    LastKnown(String source, Consumer<List<FoundNode>> listener) {
        this.source = source;
        this.listener = listener;
    }

    /** The nodes found in one look-up. Not thread-safe. */
    static final class Finding {
        private final Map<String, FoundNode> nodes = new TreeMap<>();
        private final Set<String> refused = new HashSet<>();

        /** Adds a node if it is valid. The first node with an id counts; each later one is logged as a mistake. */
        void add(Supplier<FoundNode> node) {
            FoundNode other = addIfAbsent(node);
            if (other != null) {
                refused.add("another node has the id " + other.id() + " of " + other.url());
            }
        }

        /** Adds a node if it is valid and no node has its id; returns the node that has it, or null. */
        @Nullable
        FoundNode addIfAbsent(Supplier<FoundNode> node) {
            try {
                FoundNode found = node.get();
                return nodes.putIfAbsent(found.id(), found);
            } catch (IllegalArgumentException invalid) {
                refused.add(String.valueOf(invalid.getMessage()).replace("\n", "; "));
                return null;
            }
        }

        boolean allDraining() {
            return nodes.values().stream().allMatch(FoundNode::draining);
        }
    }

    synchronized void found(Finding finding) {
        finding.refused.stream()
                .filter(each -> !refused.contains(each))
                .forEach(each -> LOG.warn("{}: a node is left out: {}", source, each));
        refused = Set.copyOf(finding.refused);
        if (finding.nodes.isEmpty()) {
            silent("there is no node");
            return;
        }
        if (silence != null) {
            silence = null;
            LOG.info("{}: answers again", source);
        }
        List<FoundNode> now = List.copyOf(finding.nodes.values());
        if (!now.equals(nodes)) {
            nodes = now;
            listener.accept(now);
        }
    }

    synchronized void silent(String why) {
        if (!why.equals(silence)) {
            silence = why;
            LOG.warn("{}: {}; keeping the {} nodes found last", source, why, nodes.size());
        }
    }
}

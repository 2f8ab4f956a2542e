package io.cobrowse.sticky.routing;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of the cluster: the nodes, their states, and everything that a decision needs, computed in advance. A
 * change creates a new table. Immutable and thread-safe; a look-up takes no lock and allocates nothing.
 *
 * <p>New sessions go to the ready nodes that are not backups or, if there are none, to the ready backups.
 */
public final class NodeTable {
    /** The share, in tenths, of a node whose weight counts in full. */
    public static final int FULL_SHARE = 10;

    /** A node that is not in the table. */
    static final int ABSENT = Lookup.ABSENT;

    /** The table before any node is found: nothing can be served. */
    public static final NodeTable EMPTY =
            new NodeTable(List.of(), new NodeState[0], new int[0], new Lookup(0, 0), new Lookup(0, 0));

    private final List<Node> nodes;
    /** The routes of each ready node, by naming; null for other nodes. A decision reads only this cache line. */
    private final Route[] ready;

    private final NodeState[] states;
    /** The current share of its weight that each node has, in tenths. */
    private final int[] shares;

    private final Lookup byId;
    private final Lookup byCookie;
    private final Candidates candidates;
    private final Candidates spares;
    /**
     * Filled on first use. In a race, the same node is only computed twice; a node can be published safely without a
     * barrier.
     */
    private final Node[] replacements;

    private NodeTable(List<Node> nodes, NodeState[] states, int[] shares, Lookup byId, Lookup byCookie) {
        this.nodes = nodes;
        this.states = states;
        this.ready = new Route[nodes.size() * Routes.NAMINGS];
        for (int i = 0; i < states.length; i++) {
            if (states[i] == NodeState.READY) {
                nodes.get(i).routes().copyNamed(ready, i * Routes.NAMINGS);
            }
        }
        this.shares = shares;
        this.byId = byId;
        this.byCookie = byCookie;
        int[] primaries = ready(false);
        int[] backups = ready(true);
        this.candidates = candidates(primaries.length == 0 ? backups : primaries);
        this.spares = candidates(primaries.length == 0 ? primaries : backups);
        this.replacements = new Node[nodes.size()];
    }

    /**
     * Returns a table of these nodes, all {@link NodeState#READY}.
     *
     * @throws IllegalArgumentException if there is no node, or an id or cookie value occurs twice; the message lists
     *     every duplicate
     */
    public static NodeTable of(List<Node> nodes) {
        NodeState[] states = new NodeState[nodes.size()];
        Arrays.fill(states, NodeState.READY);
        return of(List.copyOf(nodes), states, fullShares(nodes.size()));
    }

    private static int[] fullShares(int size) {
        int[] shares = new int[size];
        Arrays.fill(shares, FULL_SHARE);
        return shares;
    }

    private static NodeTable of(List<Node> nodes, NodeState[] states, int[] shares) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("at least one node is needed");
        }
        List<String> duplicates = new ArrayList<>();
        Lookup byId = lookup(nodes.stream().map(Node::id).toList());
        Lookup byCookie =
                lookup(nodes.stream().flatMap(node -> node.cookies().stream()).toList());
        for (int i = 0; i < nodes.size(); i++) {
            Node node = nodes.get(i);
            if (byId.putIfAbsent(node.id(), i) != ABSENT) {
                duplicates.add("id \"" + node.id() + "\": stands twice, each node needs its own");
            }
            for (String cookie : node.cookies()) {
                int other = byCookie.putIfAbsent(cookie, i);
                if (other != ABSENT) {
                    duplicates.add("cookie \"" + cookie + "\": stands for node "
                            + nodes.get(other).id() + " and node " + node.id() + ", each node needs its own");
                }
            }
        }
        if (!duplicates.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", duplicates));
        }
        return new NodeTable(nodes, states, shares, byId, byCookie);
    }

    private static Lookup lookup(List<String> names) {
        return new Lookup(
                names.size(), names.stream().mapToInt(String::length).max().orElse(0));
    }

    /**
     * Returns this table with one node in another state.
     *
     * @throws IllegalArgumentException if no node has the id
     */
    public NodeTable withState(String id, NodeState state) {
        int index = requireIndex(id);
        if (states[index] == state) {
            return this;
        }
        NodeState[] changed = states.clone();
        changed[index] = state;
        return new NodeTable(nodes, changed, shares, byId, byCookie);
    }

    /**
     * Returns this table with another share for one node: how much of its weight counts for requests without
     * affinity.
     *
     * @param tenths 1 to {@link #FULL_SHARE}
     * @throws IllegalArgumentException if no node has the id, or the share is out of range
     */
    public NodeTable withShare(String id, int tenths) {
        if (tenths < 1 || tenths > FULL_SHARE) {
            throw new IllegalArgumentException("share \"" + tenths + "\": allowed is 1 to " + FULL_SHARE + " tenths");
        }
        int index = requireIndex(id);
        if (shares[index] == tenths) {
            return this;
        }
        int[] changed = shares.clone();
        changed[index] = tenths;
        return new NodeTable(nodes, states, changed, byId, byCookie);
    }

    /**
     * Returns a table of these nodes. A node whose id and URL are in this table keeps its state, its share and its
     * counters; any other node is {@link NodeState#READY}.
     *
     * @throws IllegalArgumentException as {@link #of(List)}
     */
    public NodeTable withNodes(List<Node> nodes) {
        List<Node> kept = new ArrayList<>();
        NodeState[] states = new NodeState[nodes.size()];
        int[] shares = fullShares(nodes.size());
        for (Node node : nodes) {
            Node previous = node(node.id());
            if (previous == null || !previous.sameAs(node)) {
                states[kept.size()] = NodeState.READY;
                kept.add(node);
            } else {
                states[kept.size()] = state(previous);
                shares[kept.size()] = share(previous);
                kept.add(previous.sameSettings(node) ? previous : node.succeeding(previous));
            }
        }
        return of(List.copyOf(kept), states, shares);
    }

    /** Returns the nodes, in the order given. */
    public List<Node> nodes() {
        return nodes;
    }

    /** Returns the node with an id, or null. */
    public @Nullable Node node(String id) {
        int index = indexOf(id);
        return index == ABSENT ? null : nodes.get(index);
    }

    /**
     * Returns the state of the node with this node's id.
     *
     * @throws IllegalArgumentException if no node has the id
     */
    public NodeState state(Node node) {
        return states[requireIndex(node.id())];
    }

    /**
     * Returns the share of the node with this node's id, in tenths.
     *
     * @throws IllegalArgumentException if no node has the id
     */
    public int share(Node node) {
        return shares[requireIndex(node.id())];
    }

    /** Returns the index of the node whose id is percent-encoded in this range, or {@link #ABSENT}. */
    int indexByEncodedId(String text, int start, int end) {
        return byId.findDecoded(text, start, end);
    }

    /** Returns the index of the node whose cookie value is in this range, or {@link #ABSENT}. */
    int indexByCookie(String text, int start, int end) {
        return byCookie.find(text, start, end);
    }

    Node node(int index) {
        return nodes.get(index);
    }

    /** Returns the route to a ready node, or null if the node is not ready. */
    @Nullable
    Route ready(int index, int naming) {
        return ready[index * Routes.NAMINGS + naming];
    }

    NodeState state(int index) {
        return states[index];
    }

    /** Returns the nodes that get new sessions. */
    Candidates candidates() {
        return candidates;
    }

    /** Returns the ready backups, which get new sessions only after every candidate has failed. */
    Candidates spares() {
        return spares;
    }

    /**
     * Returns the node that takes over the sessions of a node that is gone, whether or not that one is in this table.
     * It is the same for every table with the same ready nodes; null if there is none.
     */
    @Nullable
    Node replacement(Node gone) {
        int index = indexOf(gone.id());
        if (index == ABSENT) {
            return chooseReplacement(gone);
        }
        Node replacement = replacements[index];
        if (replacement == null) {
            replacement = chooseReplacement(gone);
            replacements[index] = replacement;
        }
        return replacement;
    }

    private @Nullable Node chooseReplacement(Node gone) {
        Node replacement = Rendezvous.choose(gone, candidates.nodes());
        return replacement != null ? replacement : Rendezvous.choose(gone, spares.nodes());
    }

    private int[] ready(boolean backup) {
        return IntStream.range(0, nodes.size())
                .filter(i -> states[i] == NodeState.READY && nodes.get(i).backup() == backup)
                .toArray();
    }

    private Candidates candidates(int[] indexes) {
        return new Candidates(
                Arrays.stream(indexes).mapToObj(nodes::get).toList(),
                Arrays.stream(indexes)
                        .map(i -> nodes.get(i).weight() * shares[i])
                        .toArray());
    }

    private int indexOf(String id) {
        return byId.find(id, 0, id.length());
    }

    private int requireIndex(String id) {
        int index = indexOf(id);
        if (index == ABSENT) {
            throw new IllegalArgumentException("node \"" + id + "\": there is none; allowed is one of "
                    + nodes.stream().map(Node::id).toList());
        }
        return index;
    }

    /**
     * Returns the node whose cookie value is at {@code [start, end)} of a text; null if there is none. Allocates
     * nothing.
     */
    public @Nullable Node byCookie(String text, int start, int end) {
        int index = indexByCookie(text, start, end);
        return index < 0 ? null : nodes.get(index);
    }
}

package io.cobrowse.sticky.routing;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A node of the cluster: how requests name it, where it is, and its current load.
 *
 * <p>The settings are immutable. The counters are thread-safe and lock-free, and shared with every node that
 * {@linkplain #succeeding succeeds} this one. Equality is identity.
 */
public final class Node {
    /** The {@code maxActive} of a node without a limit. */
    public static final int UNLIMITED = Integer.MAX_VALUE;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");
    private static final String URL_ALLOWED = "http:// or https://, a host name or address, and a port from 1 to 65535"
            + " or none; no user, path, query or fragment";
    private static final int MAX_WEIGHT = 256;

    private final String id;
    private final List<String> cookies;
    private final URI url;
    private final int weight;
    private final boolean backup;
    private final int maxActive;
    private final long idHash;
    private final NodeLoad load;
    private final Routes routes;

    /**
     * Creates a node without load.
     *
     * @param id value of the query parameter: {@code [A-Za-z0-9._-]{1,64}}
     * @param cookies values of the cookie: at least one, each in the format of the id, no duplicates
     * @param url an {@code http} or {@code https} URL with a host, optionally a port, and nothing else
     * @param weight share of new sessions, 1 to 256
     * @param backup whether it gets new sessions only when no other node can take them
     * @throws IllegalArgumentException if one of them is invalid; the message has one line for each error: the setting,
     *     the value, and what is allowed
     */
    public Node(String id, List<String> cookies, URI url, int weight, boolean backup) {
        this(id, cookies, url, weight, backup, UNLIMITED);
    }

    /**
     * Like the other constructor, with a limit on requests and tunnels: at the limit the node is full, and balancing
     * prefers others.
     *
     * @param maxActive at least 1; {@link #UNLIMITED} for no limit
     */
    public Node(String id, List<String> cookies, URI url, int weight, boolean backup, int maxActive) {
        this(id, cookies, url, weight, backup, maxActive, new NodeLoad());
    }

    private Node(String id, List<String> cookies, URI url, int weight, boolean backup, int maxActive, NodeLoad load) {
        List<String> errors = new ArrayList<>();
        checkName(errors, "id", id);
        checkCookies(errors, cookies);
        checkUrl(errors, url);
        checkWeight(errors, weight);
        if (maxActive < 1) {
            errors.add("max-active \"" + maxActive + "\": allowed is 1 or more");
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", errors));
        }
        this.id = id;
        this.cookies = List.copyOf(cookies);
        this.url = url;
        this.weight = weight;
        this.backup = backup;
        this.maxActive = maxActive;
        this.idHash = Rendezvous.hash(id);
        this.load = load;
        this.routes = new Routes(this);
    }

    /** Returns the value of the query parameter that names this node. */
    public String id() {
        return id;
    }

    /** Returns the values of the cookie that name this node, at least one. */
    public List<String> cookies() {
        return cookies;
    }

    /** Returns the URL of the node. */
    public URI url() {
        return url;
    }

    /** Returns the node's share of new sessions, 1 to 256. */
    public int weight() {
        return weight;
    }

    /** Returns whether the node gets new sessions only when no other node can take them. */
    public boolean backup() {
        return backup;
    }

    /**
     * Returns the number of requests and tunnels at which the node is full; {@link #UNLIMITED} if there is no limit.
     */
    public int maxActive() {
        return maxActive;
    }

    boolean limited() {
        return maxActive != UNLIMITED;
    }

    /** Returns whether the node is at its limit (max-active). */
    boolean full() {
        return active() >= maxActive;
    }

    /** Counts a request from the decision on; {@link #end} must follow exactly once. */
    public void begin() {
        load.addRequests(1);
    }

    /** Ends what {@link #begin} began. */
    public void end() {
        load.addRequests(-1);
    }

    /**
     * Counts a tunnel; {@link #endTunnel} must follow exactly once. A request that becomes a tunnel counts once:
     * begin the tunnel, then end the request.
     */
    public void beginTunnel() {
        load.addTunnels(1);
    }

    /** Ends what {@link #beginTunnel} began. */
    public void endTunnel() {
        load.addTunnels(-1);
    }

    /** Returns the number of open requests and tunnels, which balancing uses. */
    public int active() {
        return load.all();
    }

    /**
     * Returns the number of open requests, including parked polls but not tunnels; approximate while requests or
     * tunnels begin or end.
     */
    public int activeRequests() {
        return Math.max(0, load.all() - load.tunnels());
    }

    /** Returns the number of open tunnels. */
    public int activeTunnels() {
        return load.tunnels();
    }

    /** Returns a node with the settings of this one that shares the counters of another. */
    public Node succeeding(Node previous) {
        return new Node(id, cookies, url, weight, backup, maxActive, previous.load);
    }

    /** Returns whether both stand for the same node of the cluster, whatever their other settings. */
    public boolean sameAs(Node other) {
        return id.equals(other.id) && url.equals(other.url);
    }

    /** Returns whether all settings are equal. */
    boolean sameSettings(Node other) {
        return sameAs(other)
                && cookies.equals(other.cookies)
                && weight == other.weight
                && backup == other.backup
                && maxActive == other.maxActive;
    }

    /** Returns the {@link Rendezvous#hash} of the id. */
    long idHash() {
        return idHash;
    }

    Routes routes() {
        return routes;
    }

    @Override
    public String toString() {
        return "node " + id + " at " + url;
    }

    private static void checkName(List<String> errors, String what, String name) {
        if (!NAME.matcher(name).matches()) {
            errors.add(what + " \"" + name + "\": allowed is [A-Za-z0-9._-]{1,64}");
        }
    }

    private static void checkCookies(List<String> errors, List<String> cookies) {
        if (cookies.isEmpty()) {
            errors.add("cookie: at least one value is needed");
        }
        cookies.forEach(cookie -> checkName(errors, "cookie", cookie));
        if (new HashSet<>(cookies).size() < cookies.size()) {
            errors.add("cookie " + cookies + ": each value may stand once");
        }
    }

    private static void checkUrl(List<String> errors, URI url) {
        String scheme = Objects.requireNonNullElse(url.getScheme(), "").toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        boolean port = url.getPort() == -1 ? !url.toString().endsWith(":") : url.getPort() > 0 && url.getPort() < 65536;
        boolean bare = url.getRawUserInfo() == null
                && (url.getRawPath() == null || url.getRawPath().isEmpty())
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
        if (!http || url.getHost() == null || !port || !bare) {
            errors.add("url \"" + url + "\": allowed is " + URL_ALLOWED);
        }
    }

    private static void checkWeight(List<String> errors, int weight) {
        if (weight < 1 || weight > MAX_WEIGHT) {
            errors.add("weight \"" + weight + "\": allowed is 1 to " + MAX_WEIGHT);
        }
    }
}

package io.cobrowse.sticky.routing;

/** How a node is chosen for a request without affinity. */
public enum Balance {
    /** Smooth weighted round robin. */
    ROUND_ROBIN("round-robin"),
    /** The node with the smallest (active + 1) / weight; ties in round-robin order. */
    LEAST_ACTIVE("least-active"),
    /** The less loaded of two nodes drawn at random. */
    RANDOM_TWO("random-two");

    private final String text;

    Balance(String text) {
        this.text = text;
    }

    /** Returns the name as it appears in the configuration. */
    public String text() {
        return text;
    }
}

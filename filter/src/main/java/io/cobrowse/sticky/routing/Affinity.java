package io.cobrowse.sticky.routing;

/** What chose the node of a {@link Route}. */
public enum Affinity {
    /** The query parameter. */
    URL("url"),
    /** The query parameter in the {@code Referer}, if this is configured. */
    REFERER("referer"),
    /** The stickiness cookie. */
    COOKIE("cookie"),
    /** The stickiness header, if one is configured. */
    HEADER("header"),
    /** Nothing in the request: the balancer. */
    NONE("none");

    private final String text;

    Affinity(String text) {
        this.text = text;
    }

    /** Returns the name as it appears in {@code Sticky-Route}. */
    public String text() {
        return text;
    }
}

package io.cobrowse.sticky.proxy.cluster;

/** What the health checks of a node have found. */
public enum Checked {
    /** The node is healthy, or has not been checked yet. */
    UP("up"),
    /** The node is about to stop: it answers 404, and {@code drain-on-404} is set. */
    DRAIN("drain"),
    /** The node is down. */
    DOWN("down");

    private final String text;

    Checked(String text) {
        this.text = text;
    }

    /** Returns the name as the admin interface shows it. */
    public String text() {
        return text;
    }
}

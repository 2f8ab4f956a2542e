package io.cobrowse.sticky.proxy.cluster;

/** What the checks of a node have found. */
public enum Checked {
    /** The node is healthy, or was not checked yet. */
    UP("up"),
    /** The node is about to stop: it answers 404 where that means so. */
    DRAIN("drain"),
    /** The node is dead. */
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

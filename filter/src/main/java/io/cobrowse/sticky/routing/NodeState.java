package io.cobrowse.sticky.routing;

/** The state of a node as routing sees it. */
public enum NodeState {
    /** Serves its sessions and gets new ones. */
    READY("ready", true),
    /** Serves its sessions and gets no new ones. */
    DRAIN("drain", true),
    /** Taken out of service by a person. */
    MAINT("maint", false),
    /** Found to be down by health checks. */
    DOWN("down", false);

    private final String text;
    private final boolean available;

    NodeState(String text, boolean available) {
        this.text = text;
        this.available = available;
    }

    /** Returns the name as the admin interface shows it. */
    public String text() {
        return text;
    }

    /** Returns whether the node may be sent requests of its own sessions. */
    public boolean available() {
        return available;
    }
}

package io.cobrowse.sticky.routing;

/** What became of a request's tie to a node. */
public enum Sticky {
    /** Nothing in the request names a node: balanced. */
    NEW("new"),
    /** The node that the request names serves it. */
    KEPT("kept"),
    /** The node that the request names is unavailable, and another one takes over for good (R10, R11). */
    MOVED("moved"),
    /** The client is told that its node is gone (R10). */
    NODE_DOWN("node-down"),
    /** The request names an unknown node: refused (R8) or balanced (R9). */
    UNKNOWN("unknown"),
    /** The node that the request names is unavailable, and any other can serve this one request (R23, R24). */
    ANY("any");

    private final String text;

    Sticky(String text) {
        this.text = text;
    }

    /** Returns the name as it appears in the access log and the metrics. */
    public String text() {
        return text;
    }
}

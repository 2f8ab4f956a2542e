package io.cobrowse.load.record;

import java.util.Locale;

/**
 * A timed step. The latency of a message is the time until it is at the other end; that of any other step, the time
 * until its answer is there.
 */
public enum Step {
    OPEN_PAGE,
    CREATE_SESSION,
    /** The WebSocket's upgrade. */
    CONNECT,
    HANDSHAKE,
    JOIN,
    LOOK_UP,
    /** The whole page, from the customer to the agent. */
    PAGE_SHOWN,
    /** A DOM change, from the customer to the agent. */
    CHANGE_SHOWN,
    /** A pointer event, from the agent to the customer. */
    POINTER_SHOWN,
    CHAT,
    STOP;

    /** Returns the key in settings and files, such as {@code change-shown}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

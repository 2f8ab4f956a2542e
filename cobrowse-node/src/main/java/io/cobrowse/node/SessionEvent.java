package io.cobrowse.node;

import java.util.Locale;

/**
 * An event in the life of a session, for a live log. Immutable.
 *
 * @param node the name of the node
 * @param sessionToken the session, or the chat session's id
 * @param detail who did it or how, as a short text
 */
public record SessionEvent(String node, Kind kind, String sessionToken, String detail) {

    /** The kinds of events. */
    public enum Kind {
        CREATED,
        CHAT_CREATED,
        JOINED,
        EXITED,
        STOPPED,
        ENDED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Returns the event as one line, without a line break. */
    @Override
    public String toString() {
        return node + "  " + sessionToken + "  " + kind + (detail.isEmpty() ? "" : ": " + detail);
    }
}

package io.cobrowse.node;

import java.util.Locale;

/**
 * Something that happened to a session, for a live log. Immutable.
 *
 * @param node the name of the node
 * @param sessionToken the session, or the chat session's id
 * @param detail who did it or how, one short text
 */
public record SessionEvent(String node, Kind kind, String sessionToken, String detail) {

    /** What happened. */
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

    /** One line, without a line break. */
    @Override
    public String toString() {
        return node + "  " + sessionToken + "  " + kind + (detail.isEmpty() ? "" : ": " + detail);
    }
}

package io.cobrowse.load.record;

import java.util.Locale;

/** Something that must not happen, unless an intended fault explains it. */
public enum Incident {
    /** A node other than the owner of the session answered. */
    WRONG_NODE,
    /** A message did not arrive within the patience. */
    LOST_MESSAGE,
    /** A message arrived after a later one, or twice. */
    REORDERED_MESSAGE,
    /** {@code 402::Unknown client}: CometD does not know the client on that node. */
    UNKNOWN_CLIENT,
    UNEXPECTED_STATUS,
    /** The connection failed, or no answer arrived in time. */
    NO_ANSWER,
    /** The node refused a message, or a step of the session did not happen. */
    REFUSED,
    /** A session began on a node that was to get nothing new. */
    NEW_ON_DRAINING_NODE;

    /** Returns the name for people, such as {@code wrong node}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

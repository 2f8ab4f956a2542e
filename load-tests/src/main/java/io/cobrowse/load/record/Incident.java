package io.cobrowse.load.record;

import java.util.Locale;

/** What must not happen, unless a fault that was made on purpose explains it. */
public enum Incident {
    /** Another node than the owner of the session answered. */
    WRONG_NODE,
    /** A message did not come within the patience. */
    LOST_MESSAGE,
    /** A message came behind a later one, or twice. */
    REORDERED_MESSAGE,
    /** {@code 402::Unknown client}: CometD does not know the client on that node. */
    UNKNOWN_CLIENT,
    UNEXPECTED_STATUS,
    /** The connection failed, or nothing came in time. */
    NO_ANSWER,
    /** The node refused a message, or a step of the session did not happen. */
    REFUSED,
    /** A session began on a node that was to get nothing new. */
    NEW_ON_DRAINING_NODE;

    /** As people read it: {@code wrong node}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}

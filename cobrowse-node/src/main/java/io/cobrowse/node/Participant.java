package io.cobrowse.node;

import java.util.Map;

/**
 * A user of a session. Immutable.
 *
 * @param userId counts the users of the session, from 1
 * @param userToken the secret by which the user is known to this node; begins with the session token
 */
record Participant(CobrowseSession session, int userId, String userToken, Role role, String name, Client client) {

    /** Returns what the other users may know. */
    Map<String, Object> toMap() {
        return Map.of("userId", userId, "role", role.code(), "name", name);
    }

    @Override
    public String toString() {
        return name.isEmpty() ? role.toString() : role + " " + name;
    }
}

package io.cobrowse.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session: idle until the agent joins, active until one party exits, and then ended for good.
 *
 * <p>It notifies its users of everything that happens to it, in order; a user's own answer to the join comes first.
 * Thread-safe. Clients are notified under the session's lock, so they must not block.
 */
final class CobrowseSession {
    static final String JOIN = "/service/session/join";
    /** Notifies the users of a session that another one has joined: {@code {"userId","role","name"}}. */
    static final String JOINED = "/service/session/joined";
    /** Notifies the users that the session has ended: {@code {"sessionToken","activationTime","deactivationTime"}}. */
    static final String DEACTIVATED = "/service/session/deactivated";

    private enum State {
        IDLE,
        ACTIVE,
        ENDED
    }

    private final String token;
    private final String historyId = UUID.randomUUID().toString();
    private final long creationMillis;
    private final List<Participant> users = new ArrayList<>(2);
    private State state = State.IDLE;
    private int lastUserId;
    private long activationMillis;
    private long deactivationMillis;

    /** @param creationMillis the time of creation, in milliseconds since the epoch */
    CobrowseSession(String token, long creationMillis) {
        this.token = token;
        this.creationMillis = creationMillis;
    }

    String token() {
        return token;
    }

    long creationMillis() {
        return creationMillis;
    }

    synchronized boolean ended() {
        return state == State.ENDED;
    }

    synchronized boolean deserted() {
        return users.isEmpty();
    }

    synchronized boolean has(Participant user) {
        return users.contains(user);
    }

    /** Returns the user with that token, or null if it has left or never existed. */
    synchronized @Nullable Participant user(String userToken) {
        for (Participant user : users) {
            if (user.userToken().equals(userToken)) {
                return user;
            }
        }
        return null;
    }

    synchronized long count(Role role) {
        return users.stream().filter(user -> user.role() == role).count();
    }

    /** Adds a user, answers the join and notifies the others. The session becomes active when the agent joins. */
    synchronized Participant join(Role role, String name, Client client, long nowMillis) throws Refusal {
        if (state == State.ENDED) {
            throw new Refusal("session-ended", "Session " + token + " has ended and cannot be re-joined.");
        }
        if (role != Role.CONTROLLER && find(role) != null) {
            throw new Refusal("role-taken", "Session " + token + " has its " + role + " already.");
        }
        Participant user = new Participant(this, ++lastUserId, token + '-' + UUID.randomUUID(), role, name, client);
        client.deliver(
                JOIN,
                Map.of(
                        "userToken",
                        user.userToken(),
                        "userId",
                        user.userId(),
                        "users",
                        users.stream().map(Participant::toMap).toList(),
                        "sessionHistoryId",
                        historyId));
        tellAll(JOINED, user.toMap());
        users.add(user);
        if (role == Role.AGENT) {
            state = State.ACTIVE;
            activationMillis = nowMillis;
        }
        return user;
    }

    /** Removes a user; returns false if the user had left already. */
    synchronized boolean leave(Participant user) {
        return users.remove(user);
    }

    /**
     * Ends the session and notifies all its users.
     *
     * @return whether this call ended the session; false if it had ended before
     */
    synchronized boolean end(long nowMillis) {
        if (state == State.ENDED) {
            return false;
        }
        state = State.ENDED;
        deactivationMillis = nowMillis;
        tellAll(DEACTIVATED, deactivation());
        users.clear();
        return true;
    }

    /** Returns the session's times in milliseconds since the epoch; 0 if it was never active or has not ended. */
    synchronized Map<String, Object> times() {
        return Map.of("activationTime", activationMillis, "deactivationTime", deactivationMillis);
    }

    /** Returns the user in that role of an active session, or null. */
    synchronized @Nullable Participant partner(Role role) {
        return state == State.ACTIVE ? find(role) : null;
    }

    private Map<String, Object> deactivation() {
        return Map.of(
                "sessionToken", token, "activationTime", activationMillis, "deactivationTime", deactivationMillis);
    }

    private @Nullable Participant find(Role role) {
        for (Participant user : users) {
            if (user.role() == role) {
                return user;
            }
        }
        return null;
    }

    private void tellAll(String channel, Map<String, Object> data) {
        for (Participant user : users) {
            user.client().deliver(channel, data);
        }
    }
}

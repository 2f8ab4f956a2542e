package io.cobrowse.node;

import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions in a node's memory. Thread-safe.
 *
 * <p>Sessions that have ended are remembered for a while, so that a late request to one can be told from a request
 * that reached the wrong node. A session that nobody joins ends after {@link #UNJOINED_LIMIT}; this is checked when
 * the next session is created, so it needs no timer.
 */
final class Sessions {
    static final Duration UNJOINED_LIMIT = Duration.ofMinutes(10);
    static final int ENDED_LIMIT = 10_000;
    /** The number of digits of a session token. */
    static final int TOKEN_LENGTH = 9;

    private static final int TOKENS = 1_000_000_000;

    private final String node;
    private final Clock clock;
    private final Consumer<SessionEvent> events;
    private final Map<String, CobrowseSession> byToken = new ConcurrentHashMap<>();
    /** In order of creation; sessions that are older than the limit are removed from the head. */
    private final Queue<CobrowseSession> young = new ConcurrentLinkedQueue<>();

    private final Queue<CobrowseSession> ended = new ConcurrentLinkedQueue<>();
    private final AtomicInteger endedCount = new AtomicInteger();

    Sessions(String node, Clock clock, Consumer<SessionEvent> events) {
        this.node = node;
        this.clock = clock;
        this.events = events;
    }

    /** Creates a session under a token of nine digits that is free on this node. */
    CobrowseSession create(String how) {
        dropUnjoined();
        CobrowseSession session;
        do {
            int number = ThreadLocalRandom.current().nextInt(TOKENS);
            session = new CobrowseSession(String.format("%09d", number), clock.millis());
        } while (byToken.putIfAbsent(session.token(), session) != null);
        young.add(session);
        tell(SessionEvent.Kind.CREATED, session, how);
        return session;
    }

    /** Returns the session, ended or not, or null if this node does not know it. */
    @Nullable
    CobrowseSession find(String token) {
        return byToken.get(token);
    }

    /** Returns the session of a user's token, ended or not, or null if this node does not know it. */
    @Nullable
    CobrowseSession ofUser(String userToken) {
        return byToken.get(userToken.substring(0, Math.min(TOKEN_LENGTH, userToken.length())));
    }

    Participant join(CobrowseSession session, Role role, String name, Client client) throws Refusal {
        Participant user = session.join(role, name, client, clock.millis());
        tell(SessionEvent.Kind.JOINED, session, user.toString());
        return user;
    }

    /** Removes a user. The session ends when the customer or the agent leaves, or when nobody is left. */
    void exit(Participant user) {
        CobrowseSession session = user.session();
        if (!session.leave(user)) {
            return;
        }
        tell(SessionEvent.Kind.EXITED, session, user.toString());
        boolean party = user.role() != Role.CONTROLLER;
        if ((party || session.deserted()) && session.end(clock.millis())) {
            retire(session, user + " has left");
        }
    }

    /** Ends a session. Does nothing if it has ended already. */
    void stop(CobrowseSession session, String who) {
        if (session.end(clock.millis())) {
            tell(SessionEvent.Kind.STOPPED, session, who);
            retire(session, "stopped");
        }
    }

    /** Notifies the listener of an event that concerns no session in memory. */
    void tell(SessionEvent event) {
        events.accept(event);
    }

    /** Returns the number of sessions that have not ended. */
    long open() {
        return byToken.values().stream().filter(session -> !session.ended()).count();
    }

    /** Returns the number of users with that role in sessions that have not ended. */
    long count(Role role) {
        return byToken.values().stream()
                .mapToLong(session -> session.count(role))
                .sum();
    }

    private void dropUnjoined() {
        long limit = clock.millis() - UNJOINED_LIMIT.toMillis();
        for (CobrowseSession oldest = young.peek();
                oldest != null && oldest.creationMillis() <= limit;
                oldest = young.peek()) {
            if (young.remove(oldest) && oldest.deserted() && oldest.end(clock.millis())) {
                retire(oldest, "nobody joined");
            }
        }
    }

    private void retire(CobrowseSession session, String why) {
        tell(SessionEvent.Kind.ENDED, session, why);
        ended.add(session);
        if (endedCount.incrementAndGet() > ENDED_LIMIT) {
            CobrowseSession oldest = ended.poll();
            if (oldest != null) {
                endedCount.decrementAndGet();
                byToken.remove(oldest.token());
            }
        }
    }

    private void tell(SessionEvent.Kind kind, CobrowseSession session, String detail) {
        tell(new SessionEvent(node, kind, session.token(), detail));
    }
}

package io.cobrowse.load.journey;

import static io.gatling.javaapi.core.CoreDsl.StringBody;
import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.http.HttpDsl.http;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Journey;
import io.gatling.http.response.Response;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import io.gatling.javaapi.http.HttpRequestActionBuilder;
import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** The building blocks of the journeys: steps with a due time, checked requests, and waiting. */
final class Steps {
    /** The attribute with the party that a virtual user plays. */
    private static final String ME = "me";
    /**
     * The attribute in which Gatling keeps a virtual user's cookies; they are immutable, so two users may share them.
     */
    private static final String COOKIES = "gatling.http.cookies";

    private static final int NODE_DOWN = 503;

    /** The interval at which awaited conditions are checked; no latency is measured with it. */
    private static final Duration LOOK = Duration.ofMillis(100);

    private final LoadRun run;
    private final Answers answers;
    private final Inbox inbox;
    private final Journey journey;

    Steps(LoadRun run, Answers answers, Inbox inbox) {
        this.run = run;
        this.answers = answers;
        this.inbox = inbox;
        this.journey = run.spec().settings().journey();
    }

    static Party me(Session session) {
        Party party = session.get(ME);
        if (party == null) {
            throw new IllegalStateException("This virtual user is in no session");
        }
        return party;
    }

    static Session be(Session session, Party party) {
        return session.set(ME, party);
    }

    static Session shareCookies(Session session) {
        if (session.contains(COOKIES)) {
            me(session).cookies = session.get(COOKIES);
        }
        return session;
    }

    static Session takeCookies(Session session, Party party) {
        Object cookies = party.cookies;
        return cookies == null ? session : session.set(COOKIES, cookies);
    }

    /** Waits until the step is due, and starts it. */
    ChainBuilder begin(Step step) {
        return exec(session -> {
            Party me = me(session);
            me.pending = step;
            run.sent(me.due);
            return session;
        });
    }

    /** Notes that the step's answer arrived at this time. */
    void finish(Party party, long now) {
        Step step = party.pending;
        if (step != null) {
            run.latency(step, party.pair.owner, now - party.due);
        }
        party.pending = null;
        party.due = now;
    }

    ChainBuilder finish() {
        return exec(session -> {
            finish(me(session), System.nanoTime());
            return session;
        });
    }

    /** Postpones the next step by a think time, and waits until then. */
    static ChainBuilder think(ToLongFunction<Party> nanos) {
        return exec(session -> {
                    Party me = me(session);
                    me.due += nanos.applyAsLong(me);
                    return session;
                })
                .exec(pause(session -> me(session).untilDue()));
    }

    /** Sends a timed request, and checks its answer. */
    ChainBuilder request(
            Step step, HttpRequestActionBuilder request, boolean owned, BiConsumer<Party, Response> onAnswer) {
        return begin(step).exec(request.transformResponse((response, session) -> {
            Party me = me(session);
            long now = System.nanoTime();
            if (answers.check(response, me, step.key(), owned)) {
                onAnswer.accept(me, response);
            }
            finish(me, now);
            return response;
        }));
    }

    /** Sends CometD messages over HTTP, and checks the answer. Not timed. */
    HttpRequestActionBuilder post(String name, String suffix, Function<Party, String> body, Connection connection) {
        return http(name)
                .post(session -> {
                    // CometD clients extend the path only if the URL has no query.
                    Party me = me(session);
                    return me.base + journey.paths().cometd() + (me.query.isEmpty() ? suffix : me.query);
                })
                .header("Content-Type", "application/json;charset=UTF-8")
                .body(StringBody(session -> body.apply(me(session))))
                .transformResponse((response, session) -> {
                    Party me = me(session);
                    if (answers.check(response, me, name, true)) {
                        inbox.takeBody(response.body().string(), me, connection);
                    } else if (response.status().code() == NODE_DOWN) {
                        me.closed = true; // The client was told, and no longer polls.
                    }
                    return response;
                });
    }

    /** Waits until a condition holds, or the patience is over. */
    static ChainBuilder await(Duration patience, Predicate<Party> so) {
        return exec(session -> {
                    me(session).deadline = System.nanoTime() + patience.toNanos();
                    return session;
                })
                .exec(asLongAs(session -> {
                            Party me = me(session);
                            return !me.pair.lost() && !so.test(me) && System.nanoTime() - me.deadline < 0;
                        })
                        .on(pause(LOOK)));
    }

    /** Ends the journey if the other party or a chat has lost the session, which is counted there. */
    static ChainBuilder stopIfLost() {
        return exec(session -> {
            Party me = me(session);
            if (!me.pair.lost()) {
                return session;
            }
            me.noted = true;
            return session.markAsFailed();
        });
    }

    /** Fails the virtual user unless a condition holds. */
    ChainBuilder require(Predicate<Party> so, String otherwise) {
        return stopIfLost().exec(doIf(session -> !so.test(me(session))).then(exec(session -> {
            Party me = me(session);
            me.noted = true;
            run.incident(Incident.REFUSED, me.pair.owner, otherwise + ": " + me);
            return session.markAsFailed();
        })));
    }

    /** Ends a session, whether it went well or not: counts a failure once, and lets the next session begin. */
    Session end(Session session) {
        Party me = me(session);
        Pair pair = me.pair;
        me.closed = true;
        if (session.isFailed()) {
            if (!me.noted && !pair.lost()) {
                run.incident(
                        Incident.NO_ANSWER,
                        pair.owner,
                        (me.pending == null ? "The connection was lost" : "No answer to " + me.pending.key())
                                + ": "
                                + me);
            }
            loseMessages(pair);
        } else if (pair.lost()) {
            loseMessages(pair);
        }
        run.lobby().leave(me);
        return session.markAsSucceeded();
    }

    private void loseMessages(Pair pair) {
        if (pair.lose()) {
            int missing = pair.missing();
            for (int i = 0; i < missing; i++) {
                run.incident(Incident.LOST_MESSAGE, pair.owner, "a message of " + pair);
            }
        }
    }

    Journey journey() {
        return journey;
    }

    Answers answers() {
        return answers;
    }
}

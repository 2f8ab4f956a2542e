package io.cobrowse.load.journey;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.scenario;

import io.cobrowse.load.record.Incident;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;

/**
 * The other half of a long-polling client: parks one request after another, with the client's cookies and on a
 * connection of its own, while the customer or the agent sends on another.
 */
final class Pollers {
    private static final Duration LOOK = Duration.ofMillis(50);
    private static final Duration AFTER_FAILURE = Duration.ofMillis(500);
    private static final Duration IDLE_LIMIT = Duration.ofSeconds(20);

    private static final String POLLING = "polling";
    private static final String IDLE_UNTIL = "idleUntil";

    private final LoadRun run;
    private final Steps steps;

    Pollers(LoadRun run, Steps steps) {
        this.run = run;
        this.steps = steps;
    }

    ScenarioBuilder scenarioBuilder() {
        return scenario("poller")
                .exec(this::idle)
                .exec(asLongAs(session -> session.getBoolean(POLLING) || waiting(session))
                        .on(exec(this::take)
                                .exec(doIfOrElse(session -> session.getBoolean(POLLING))
                                        .then(asLongAs(session -> !Steps.me(session).closed)
                                                .on(exec(steps.post(
                                                                        "poll",
                                                                        "/connect",
                                                                        Bayeux::connect,
                                                                        Connection.POLL)
                                                                .silent())
                                                        .exec(doIf(Session::isFailed)
                                                                .then(exec(this::failed)
                                                                        .exec(pause(AFTER_FAILURE)))))
                                                .exec(this::idle))
                                        .orElse(pause(LOOK)))));
    }

    private Session idle(Session session) {
        return session.set(POLLING, false).set(IDLE_UNTIL, System.nanoTime() + IDLE_LIMIT.toNanos());
    }

    private boolean waiting(Session session) {
        return !run.finished() && System.nanoTime() - session.getLong(IDLE_UNTIL) < 0;
    }

    private Session take(Session session) {
        Party party = run.lobby().takeUnpolled();
        return party == null
                ? session
                : Steps.takeCookies(Steps.be(session, party), party).set(POLLING, true);
    }

    private Session failed(Session session) {
        Party party = Steps.me(session);
        if (!party.closed && !party.pair.lost()) {
            if (!party.noted) {
                run.incident(Incident.NO_ANSWER, party.pair.owner, "No answer to a poll: " + party);
            }
            party.closed = run.killed(party.pair.owner);
        }
        return session.markAsSucceeded();
    }
}

package io.cobrowse.load.journey;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.Cookie;
import static io.gatling.javaapi.http.HttpDsl.addCookie;
import static io.gatling.javaapi.http.HttpDsl.http;
import static io.gatling.javaapi.http.HttpDsl.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Journey;
import io.gatling.http.response.Response;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * An agent. Waits for a token, asks any node who owns the session, follows by cookie or by {@code serverUrl}, joins,
 * receives changes and points, and takes the next session in the same browser when this one has ended. One agent
 * arrives with every customer, so that there are enough; agents who find no customer leave.
 */
final class Agents {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int MAX_LOOK_UPS = 6;
    private static final Duration LOOK_UP_PAUSE = Duration.ofMillis(500);
    private static final Duration ABANDON_PATIENCE = Duration.ofSeconds(20);

    private static final String HAS_TICKET = "hasTicket";
    private static final String IDLE_UNTIL = "idleUntil";
    private static final String BY_URL = "byUrl";
    private static final String STALE = "stale";
    private static final String DOUBLE_CLICKS = "doubleClicks";
    private static final String LOOK_UPS = "lookUps";
    private static final String FOUND = "found";

    private final LoadRun run;
    private final Steps steps;
    private final Client client;
    private final Journey journey;

    Agents(LoadRun run, Steps steps, Client client) {
        this.run = run;
        this.steps = steps;
        this.client = client;
        this.journey = steps.journey();
    }

    ScenarioBuilder scenarioBuilder() {
        return scenario("agent")
                .exec(this::idle)
                .exec(asLongAs(session -> session.getBoolean(HAS_TICKET) || waiting(session))
                        .on(exec(this::takeTicket)
                                .exec(doIfOrElse(session -> session.getBoolean(HAS_TICKET))
                                        .then(exec(exitBlockOnFail().on(session()))
                                                .exec(client.close())
                                                .exec(steps::end)
                                                .exec(this::idle))
                                        .orElse(pause(LOOK)))));
    }

    private Session idle(Session session) {
        return session.set(HAS_TICKET, false)
                .set(IDLE_UNTIL, System.nanoTime() + journey.agentPatience().toNanos() / 3);
    }

    private boolean waiting(Session session) {
        boolean patient = System.nanoTime() - session.getLong(IDLE_UNTIL) < 0;
        return !run.closing() && (patient || run.lobby().agentsWanted());
    }

    private Session takeTicket(Session session) {
        Pair pair = run.lobby().takeTicket();
        if (pair == null || pair.lost() || !run.lobby().claim(pair)) {
            return session;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        Party me = new Party(pair, Party.Role.AGENT, System.nanoTime());
        run.lobby().enter(me);
        boolean byUrl = random.nextDouble() < journey.urlAgents();
        return Steps.be(session, me)
                .set(HAS_TICKET, true)
                .set(BY_URL, byUrl)
                .set(STALE, byUrl && random.nextDouble() < journey.staleCookies())
                .set(DOUBLE_CLICKS, random.nextDouble() < journey.doubleClicks())
                .set(LOOK_UPS, 0)
                .set(FOUND, false);
    }

    private ChainBuilder session() {
        return doIf(session -> session.getBoolean(STALE))
                .then(exec(addCookie(
                        Cookie(journey.cookie(), session -> run.lobby().otherNode(Steps.me(session).pair.owner)))))
                .exec(lookUp())
                .exec(doIf(session -> Steps.me(session).query.isEmpty())
                        .then(exec(addCookie(Cookie(journey.cookie(), session -> Steps.me(session).pair.owner)))))
                .exec(client.connect())
                .exec(client.join())
                .exec(doIf(session -> session.getBoolean(DOUBLE_CLICKS)).then(client.send("join again", Bayeux::join)))
                .exec(Steps.think(
                        me -> run.spec().complexity().pointerInterval().drawNanos(ThreadLocalRandom.current())))
                .exec(client.talk("pointer"))
                .exec(doIf(session -> !Steps.me(session).pair.moved).then(end()))
                .exec(client.disconnect());
    }

    /**
     * Asks until a node knows the session. Nodes wait a second for each other's answers, which may be too short on a
     * busy machine.
     */
    private ChainBuilder lookUp() {
        ChainBuilder ask = exec(http("look up")
                .get(session -> journey.paths().sessions() + "/" + Steps.me(session).pair.token)
                .header("Origin", run.spec().http())
                .check(status().in(200, 404, 503))
                .transformResponse((response, session) -> {
                    Party me = Steps.me(session);
                    long now = System.nanoTime();
                    if (response.status().code() != 404) {
                        boolean found = steps.answers().check(response, me, Step.LOOK_UP.key(), false);
                        steps.finish(me, now);
                        if (found) {
                            found(me, response, session.getBoolean(BY_URL));
                        } else {
                            // The node of an old cookie is down: asks again, without that cookie.
                            me.pending = Step.LOOK_UP;
                            me.due = now + LOOK_UP_PAUSE.toNanos();
                        }
                    }
                    return response;
                }));
        return steps.begin(Step.LOOK_UP)
                .exec(asLongAs(session -> {
                            Party me = Steps.me(session);
                            return me.pending != null && session.getInt(LOOK_UPS) < MAX_LOOK_UPS;
                        })
                        .on(exec(session -> session.set(LOOK_UPS, session.getInt(LOOK_UPS) + 1))
                                .exec(ask)
                                .exec(doIf(session -> Steps.me(session).pending != null)
                                        .then(pause(LOOK_UP_PAUSE)))))
                .exec(steps.require(me -> me.pending == null, "No node knows the session"))
                .exec(session -> {
                    Steps.me(session).noted = false;
                    return session;
                });
    }

    private void found(Party me, Response response, boolean byUrl) {
        JsonNode json = Answers.json(response.body().string());
        String name = json.path("sessionServerName").asText("");
        if (!name.equals(me.pair.owner)) {
            run.incident(Incident.REFUSED, "", "The look-up names '" + name + "' for the " + me);
        }
        String url = json.path("sessionServerUrl").asText("");
        if (byUrl && !url.isEmpty()) {
            URI serverUrl = URI.create(url);
            me.base = serverUrl.getScheme() + "://" + serverUrl.getRawAuthority();
            me.query = serverUrl.getRawQuery() == null ? "" : "?" + serverUrl.getRawQuery();
        }
    }

    private ChainBuilder end() {
        ChainBuilder stop = client.settle()
                .exec(steps.request(
                        Step.STOP,
                        http("stop").get(session -> {
                            Party me = Steps.me(session);
                            return me.base + journey.paths().users() + "/" + me.userToken + "/session/stop" + me.query;
                        }),
                        true,
                        (me, response) -> {}))
                .exec(Steps.await(journey.settlePatience(), me -> me.pair.endsTold() > 1));
        ChainBuilder follow = Steps.await(journey.settlePatience().multipliedBy(2), me -> me.pair.endsTold() > 0)
                .exec(steps.require(me -> me.pair.endsTold() > 0, "The agent was not told that the session ended"));
        ChainBuilder giveUp = Steps.await(journey.settlePatience().plus(ABANDON_PATIENCE), me -> me.pair.abandoned)
                .exec(client.send("exit", Bayeux::exit));
        return exec(session -> {
                    Steps.me(session).pair.agentQuiet = true;
                    return session;
                })
                .exec(doIfOrElse(session -> Steps.me(session).pair.end == Pair.End.AGENT_STOPS)
                        .then(stop)
                        .orElse(doIfOrElse(session -> Steps.me(session).pair.end == Pair.End.CUSTOMER_EXITS)
                                .then(follow)
                                .orElse(giveUp)));
    }
}

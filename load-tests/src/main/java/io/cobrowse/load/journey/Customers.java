package io.cobrowse.load.journey;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.exitBlockOnFail;
import static io.gatling.javaapi.core.CoreDsl.scenario;
import static io.gatling.javaapi.http.HttpDsl.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Journey;
import io.cobrowse.load.settings.Profile;
import io.gatling.http.response.Response;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.ScenarioBuilder;
import io.gatling.javaapi.core.Session;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A customer. Opens the page, creates a session, connects, gives the token to an agent, and shows the page and its
 * changes. Some open a chat or lose the connection on the way. In the end, the customer exits, leaves, or the agent
 * stops the session. If a killed node took the session, the customer starts again by hand.
 */
final class Customers {
    /** What a customer does in one session, drawn in advance. */
    private static final String CHATS = "chats";

    private static final String RECONNECTS = "reconnects";
    private static final String DOUBLE_CLICKS = "doubleClicks";
    /** Whether the customer starts another session. */
    private static final String AGAIN = "again";

    private static final String RESTART = "restart";

    private final LoadRun run;
    private final Steps steps;
    private final Client client;
    private final Journey journey;

    Customers(LoadRun run, Steps steps, Client client) {
        this.run = run;
        this.steps = steps;
        this.client = client;
        this.journey = steps.journey();
    }

    ScenarioBuilder scenarioBuilder() {
        return scenario("customer")
                .exec(session -> session.set(AGAIN, !run.closing()).set(RESTART, false))
                .exec(asLongAs(session -> session.getBoolean(AGAIN))
                        .on(exec(this::arrive)
                                .exec(exitBlockOnFail().on(session()))
                                .exec(client.close())
                                .exec(this::leave)));
    }

    private Session arrive(Session session) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int number = run.nextPair();
        double share = journey.websocket();
        boolean webSocket = Math.floor((number + 1) * share) > Math.floor(number * share);
        double draw = random.nextDouble();
        Pair.End end = draw < journey.agentEnds()
                ? Pair.End.AGENT_STOPS
                : draw < journey.agentEnds() + journey.abandons()
                        ? Pair.End.CUSTOMER_ABANDONS
                        : Pair.End.CUSTOMER_EXITS;
        boolean restart = session.getBoolean(RESTART);
        Party me = new Party(
                new Pair(number, webSocket, end),
                Party.Role.CUSTOMER,
                restart ? System.nanoTime() : run.arrived(number));
        me.talkUntil = me.due + length(number, random);
        run.lobby().enter(me.pair);
        run.lobby().enter(me);
        return Steps.be(session, me)
                .set(CHATS, random.nextDouble() < journey.chats())
                .set(RECONNECTS, random.nextDouble() < journey.reconnects())
                .set(DOUBLE_CLICKS, random.nextDouble() < journey.doubleClicks());
    }

    /**
     * Returns how long a customer stays. The first customers stay for only a part of the length, as if they had arrived
     * earlier.
     */
    private long length(int number, ThreadLocalRandom random) {
        Profile profile = run.spec().profile();
        long whole = profile.sessionLength().toNanos();
        boolean filling = run.arrivals().nanosOf(number) < profile.fill().toNanos();
        long fillLeft = filling ? profile.fill().toNanos() - run.arrivals().nanosOf(number) : 0;
        return filling ? fillLeft + random.nextLong(whole) : whole;
    }

    private ChainBuilder session() {
        return doIf(session -> !session.getBoolean(RESTART))
                .then(steps.request(
                                Step.OPEN_PAGE,
                                http("open page").get(journey.paths().page()),
                                false,
                                (me, response) -> {})
                        .exec(Steps.think(me -> journey.readPage().drawNanos(ThreadLocalRandom.current()))))
                .exec(create())
                .exec(doIf(session -> session.getBoolean(DOUBLE_CLICKS)).then(create()))
                .exec(client.connect())
                .exec(client.join())
                .exec(this::giveToken)
                .exec(Steps.await(
                        journey.agentPatience(),
                        me -> me.pair.agentJoined
                                || (run.closing() && run.lobby().claim(me.pair))))
                .exec(steps.require(me -> me.pair.agentJoined || run.closing(), "No agent joined"))
                .exec(doIfOrElse(session -> Steps.me(session).pair.agentJoined)
                        .then(share())
                        .orElse(client.disconnect()));
    }

    private ChainBuilder create() {
        return steps.request(
                Step.CREATE_SESSION, http("create session").post(journey.paths().sessions()), false, this::created);
    }

    private void created(Party me, Response response) {
        JsonNode json = Answers.json(response.body().string());
        Pair pair = me.pair;
        pair.owner = json.path("sessionServerName").asText("");
        run.lobby().created(pair, json.path("sessionToken").asText(""));
        pair.ownerMark = Answers.mark(response);
        if (pair.owner.isEmpty() || pair.token.isEmpty()) {
            run.incident(Incident.REFUSED, "", "The session was created without token or name: " + me);
        } else if (run.takesNothingNew(pair.owner, me.due)) {
            run.incident(Incident.NEW_ON_DRAINING_NODE, pair.owner, me.toString());
        }
    }

    private Session giveToken(Session session) {
        Party me = Steps.me(session);
        long way = journey.giveToken().drawNanos(ThreadLocalRandom.current());
        run.lobby().offer(new Lobby.Ticket(me.pair, System.nanoTime() + way));
        return session;
    }

    private ChainBuilder share() {
        return exec(session -> {
                    run.sessionMet();
                    Party me = Steps.me(Client.now(session));
                    session.getBoolean(CHATS);
                    return session.set("end", me.talkUntil).set("half", half(me));
                })
                .exec(session -> talkUntil(session, "half"))
                .exec(client.talk("change"))
                .exec(doIf(session -> session.getBoolean(CHATS) && running(session))
                        .then(exec(Client::now)
                                .exec(steps.request(
                                        Step.CHAT,
                                        http("chat").post(journey.paths().chats()),
                                        false,
                                        this::chatCreated))))
                .exec(Steps.stopIfLost())
                .exec(doIf(session -> session.getBoolean(RECONNECTS) && running(session))
                        .then(client.reconnect()))
                .exec(session -> talkUntil(session, "end"))
                .exec(client.talk("change"))
                .exec(end())
                .exec(session -> {
                    if (!Steps.me(session).pair.lost()) {
                        run.sessionCompleted();
                    }
                    return session;
                });
    }

    /**
     * Checks the node of a chat: the session's node, as the cookie says, unless that node accepts nothing new. Then the
     * chat starts on another node, whose cookie replaces the session's (R11), and the session is over.
     */
    private void chatCreated(Party me, Response response) {
        Pair pair = me.pair;
        String mark = Answers.mark(response);
        boolean moved = !mark.equals(pair.ownerMark);
        if (moved && run.takesNothingNew(pair.owner)) {
            me.closed = true;
            run.chatMoved(pair, "the chat was begun on " + mark + " for the " + me);
        } else {
            steps.answers().checkOwner(mark, me, Step.CHAT.key());
        }
    }

    private static long half(Party me) {
        long now = System.nanoTime();
        return now + Math.max(0, (me.talkUntil - now) / 2);
    }

    private boolean running(Session session) {
        Pair pair = Steps.me(session).pair;
        return !pair.ending && !pair.lost() && !run.closing();
    }

    private static Session talkUntil(Session session, String attribute) {
        Steps.me(session).talkUntil = session.getLong(attribute);
        return session;
    }

    private ChainBuilder end() {
        return exec(session -> {
                    Pair pair = Steps.me(session).pair;
                    pair.ending = true;
                    pair.customerQuiet = true;
                    return session;
                })
                .exec(doIfOrElse(session -> Steps.me(session).pair.end == Pair.End.AGENT_STOPS)
                        .then(Steps.await(journey.settlePatience().multipliedBy(2), me -> me.pair.endsTold() > 1)
                                .exec(steps.require(
                                        me -> me.pair.endsTold() > 1, "Not all were told that the session ended")))
                        .orElse(client.settle()))
                .exec(doIf(session -> Steps.me(session).pair.end == Pair.End.CUSTOMER_EXITS)
                        .then(client.send("exit", Bayeux::exit)))
                .exec(doIfOrElse(session -> Steps.me(session).pair.end == Pair.End.CUSTOMER_ABANDONS)
                        .then(client.close().exec(session -> {
                            Steps.me(session).pair.abandoned = true;
                            return session;
                        }))
                        .orElse(exec(Steps.await(journey.settlePatience(), me -> me.pair.endsTold() > 0))
                                .exec(client.disconnect())));
    }

    private Session leave(Session session) {
        Party me = Steps.me(session);
        run.lobby().claim(me.pair); // If no agent has claimed the pair, none needs to come.
        Session left = steps.end(session);
        boolean again = me.pair.lost() && (run.killed(me.pair.owner) || me.pair.moved) && !run.closing();
        if (again) {
            run.sessionRestarted();
        }
        return left.set(AGAIN, again).set(RESTART, again);
    }
}

package io.cobrowse.load.journey;

import static io.gatling.javaapi.core.CoreDsl.asLongAs;
import static io.gatling.javaapi.core.CoreDsl.doIf;
import static io.gatling.javaapi.core.CoreDsl.doIfOrElse;
import static io.gatling.javaapi.core.CoreDsl.exec;
import static io.gatling.javaapi.core.CoreDsl.pause;
import static io.gatling.javaapi.core.CoreDsl.regex;
import static io.gatling.javaapi.core.CoreDsl.substring;
import static io.gatling.javaapi.http.HttpDsl.ws;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Complexity;
import io.cobrowse.load.settings.Interval;
import io.gatling.javaapi.core.ChainBuilder;
import io.gatling.javaapi.core.Session;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;

/** A CometD client in Gatling's terms, over WebSocket or long-polling, as customers and agents use it. */
final class Client {
    private static final int ANSWER_SECONDS = 20;
    private static final Duration HELD_LOOK = Duration.ofMillis(100);
    private static final long HELD_NANOS = HELD_LOOK.toNanos();
    /** The page and one change are always shown, however late it is. */
    private static final int LEAST_MESSAGES = 2;

    private static final int TEXT_SEED = 8700;

    private final LoadRun run;
    private final Steps steps;
    private final Complexity complexity;
    private final PageText text;

    Client(LoadRun run, Steps steps) {
        this.run = run;
        this.steps = steps;
        this.complexity = run.spec().complexity();
        int longest = Math.max(
                complexity.pageBytes().greatest(),
                Math.max(
                        complexity.changeBytes().greatest(),
                        complexity.pointerBytes().greatest()));
        this.text = new PageText(longest, new Random(TEXT_SEED));
    }

    private static boolean webSocket(Session session) {
        return Steps.me(session).pair.webSocket;
    }

    /** Connects, shakes hands, and keeps a connect parked from then on. */
    ChainBuilder connect() {
        ChainBuilder overWebSocket = upgrade()
                .exec(steps.begin(Step.HANDSHAKE))
                .exec(ws("handshake")
                        .sendText(session -> Bayeux.handshake(Steps.me(session)))
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("handshake answered").matching(substring("/meta/handshake"))))
                .exec(steps.finish())
                .exec(ws("first connect").sendText(session -> Bayeux.connect(Steps.me(session))));
        ChainBuilder overLongPolling = steps.begin(Step.HANDSHAKE)
                .exec(steps.post("handshake", "/handshake", Bayeux::handshake, Connection.PUBLISH))
                .exec(steps.finish())
                .exec(session -> {
                    run.lobby().awaitPoller(Steps.me(session));
                    return Steps.shareCookies(session);
                });
        return doIfOrElse(Client::webSocket)
                .then(overWebSocket)
                .orElse(overLongPolling)
                .exec(steps.require(me -> !me.clientId.isEmpty(), "The handshake gave no client id"));
    }

    private ChainBuilder upgrade() {
        return exec(connected(true))
                .exec(steps.begin(Step.CONNECT))
                .exec(ws("connect").connect(session -> {
                    Party me = Steps.me(session);
                    String base = me.base.replaceFirst("^http", "ws");
                    return base + steps.journey().paths().cometd() + me.query;
                }))
                .exec(steps.finish());
    }

    /** Joins the session. */
    ChainBuilder join() {
        ChainBuilder overWebSocket = exec(ws("join")
                        .sendText(session -> Bayeux.join(Steps.me(session)))
                        .await(ANSWER_SECONDS)
                        .on(ws.checkTextMessage("join answered")
                                .matching(substring("\"userToken\""))
                                .check(regex("\"userToken\":\"([^\"]+)\"").saveAs("userToken"))))
                .exec(steps.finish())
                .exec(session -> {
                    Steps.me(session).userToken = String.valueOf(session.getString("userToken"));
                    return session;
                });
        ChainBuilder overLongPolling = exec(steps.post("join", "", Bayeux::join, Connection.PUBLISH))
                .exec(Steps.await(Duration.ofSeconds(ANSWER_SECONDS), me -> me.joinedNanos != 0))
                .exec(steps.require(me -> me.joinedNanos != 0, "The join was not answered"))
                .exec(session -> {
                    Party me = Steps.me(session);
                    steps.finish(me, me.joinedNanos);
                    return session;
                });
        return steps.begin(Step.JOIN)
                .exec(doIfOrElse(Client::webSocket).then(overWebSocket).orElse(overLongPolling));
    }

    /** Sends one message, over either transport. Not timed. */
    ChainBuilder send(String name, Function<Party, String> message) {
        return doIfOrElse(Client::webSocket)
                .then(exec(ws(name).sendText(session -> message.apply(Steps.me(session)))))
                .orElse(exec(steps.post(name, "", message, Connection.PUBLISH)));
    }

    /** Sends events, each when it is due, until the party stops talking. */
    ChainBuilder talk(String name) {
        return asLongAs(session -> talking(Steps.me(session)))
                .on(pause(session -> Steps.me(session).untilDue())
                        .exec(doIf(session -> mayTalk(Steps.me(session))).then(send(name, this::nextEvent))));
    }

    private boolean talking(Party me) {
        boolean time = !me.isCustomer()
                || me.outward().sent() < LEAST_MESSAGES
                || (System.nanoTime() - me.talkUntil < 0 && !run.closing());
        return time && !me.pair.ending && !me.pair.lost();
    }

    /** Postpones the next event while nobody may send. */
    private boolean mayTalk(Party me) {
        if (me.pair.held) {
            me.due = System.nanoTime() + HELD_NANOS;
            return false;
        }
        return talking(me);
    }

    private String nextEvent(Party me) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        run.sent(me.due);
        int number = me.outward().next();
        int length = !me.isCustomer()
                ? complexity.pointerBytes().draw(random)
                : (number == 0 ? complexity.pageBytes() : complexity.changeBytes()).draw(random);
        String event = Bayeux.event(me, number, text.take(length, random));
        Interval interval = me.isCustomer() ? complexity.changeInterval() : complexity.pointerInterval();
        me.due += interval.drawNanos(random);
        return event;
    }

    /** Drops the connection and opens it again, with the same CometD client. Nobody sends meanwhile. */
    ChainBuilder reconnect() {
        ChainBuilder overWebSocket = closeWebSocket("lose connection")
                .exec(steps.finish())
                .exec(upgrade())
                .exec(ws("connect again").sendText(session -> Bayeux.connect(Steps.me(session))));
        ChainBuilder overLongPolling = exec(steps.post("last on a connection", "", this::nextEvent, Connection.PUBLISH)
                .header("Connection", "close"));
        return exec(session -> hold(session, true))
                .exec(pause(HELD_LOOK.multipliedBy(2)))
                .exec(Steps.await(steps.journey().settlePatience(), me -> me.pair.missing() == 0))
                .exec(session -> now(session))
                .exec(doIfOrElse(Client::webSocket).then(overWebSocket).orElse(overLongPolling))
                .exec(session -> hold(now(session), false));
    }

    private static Session hold(Session session, boolean held) {
        Steps.me(session).pair.held = held;
        return session;
    }

    /** Makes the next step due now. */
    static Session now(Session session) {
        Steps.me(session).due = System.nanoTime();
        return session;
    }

    /** Waits until all messages have arrived, and counts those that have not. */
    ChainBuilder settle() {
        return Steps.await(steps.journey().settlePatience(), me -> me.pair.settled())
                .exec(session -> {
                    Pair pair = Steps.me(session).pair;
                    int missing = pair.lost() ? 0 : pair.missing();
                    for (int i = 0; i < missing; i++) {
                        run.incident(Incident.LOST_MESSAGE, pair.owner, "a message of " + pair);
                    }
                    return now(session);
                });
    }

    /** Sends a disconnect if that is still possible, and closes the connection. */
    ChainBuilder disconnect() {
        return exec(session -> {
                    Steps.me(session).closed = true;
                    return session;
                })
                .exec(doIf(session -> !session.isFailed()).then(send("disconnect", Bayeux::disconnect)))
                .exec(close());
    }

    /** Closes the connection, if there is one. */
    ChainBuilder close() {
        return doIf(session -> webSocket(session) && Steps.me(session).connected)
                .then(closeWebSocket("close"));
    }

    /**
     * Who fails leaves in the middle, and closes what is connected: Gatling keeps a WebSocket from the attempt to connect on, and
     * forgets it however its closing ends. To close it once more would be logged as an error.
     */
    private static ChainBuilder closeWebSocket(String name) {
        return exec(connected(false)).exec(ws(name).close());
    }

    private static Function<Session, Session> connected(boolean connected) {
        return session -> {
            Steps.me(session).connected = connected;
            return session;
        };
    }
}

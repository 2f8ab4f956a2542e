package io.cobrowse.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.endtoend.Browser;
import io.cobrowse.node.endtoend.Clients;
import io.cobrowse.node.endtoend.Pair;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Failures of a node, each under load, and what the clients must see of them. */
final class Chaos implements AutoCloseable {
    static final Health HEALTH = new Health(Health.DEFAULTS.path(), Duration.ofSeconds(1), Duration.ofSeconds(1), 2, 3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** A request that not every node can serve. */
    private static final String STOP = "/cobrowse/rest/live/users/nobody/session/stop";

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final ChaosCluster cluster;
    private final Clients clients = new Clients();
    private final Load load;

    Chaos(Health health, int pairs) throws Exception {
        cluster = ChaosCluster.start(health);
        load = new Load(cluster.uri(), clients);
        try {
            // A client's first request takes as long as it takes to load its classes.
            HTTP.send(HttpRequest.newBuilder(cluster.uri()).build(), BodyHandlers.discarding());
            load.begin(pairs);
        } catch (Exception | AssertionError failure) {
            close();
            throw failure;
        }
    }

    ChaosCluster cluster() {
        return cluster;
    }

    Clients clients() {
        return clients;
    }

    Load load() {
        return load;
    }

    /** Prints a figure, for measurements. */
    static void figure(String format, Object... arguments) {
        System.out.println("chaos: " + String.format(format, arguments));
    }

    /** {@code SIGKILL}, and a start on the same port. */
    void kill(String victim) throws Exception {
        lose(victim, "SIGKILL", () -> cluster.process(victim).kill());
        cluster.process(victim).start();
        cluster.awaitState(victim, NodeState.READY);
    }

    /** {@code SIGSTOP}, and {@code SIGCONT}. */
    void stop(String victim) throws Exception {
        lose(victim, "SIGSTOP", () -> cluster.process(victim).signal("STOP"));
        long begin = System.nanoTime();
        cluster.process(victim).signal("CONT");
        cluster.awaitState(victim, NodeState.READY);
        figure("SIGCONT of %s: ready after %d ms", victim, millis(System.nanoTime() - begin));
    }

    private interface Act {
        void run() throws IOException, InterruptedException;
    }

    private void lose(String victim, String how, Act act) throws Exception {
        List<Pair> lost = load.pairs(victim::equals);
        assertThat(lost).as("pairs of %s", victim).isNotEmpty();
        long before = load.newSessions();
        long beginNanos = System.nanoTime();
        Instant begin = Instant.now();
        act.run();
        cluster.awaitState(victim, NodeState.DOWN);
        Instant down = cluster.proxy().states().status(cluster.node(victim)).lastChange();
        long detected = Duration.between(begin, down).toMillis();
        long toldMillis = 0;
        for (Pair pair : lost) {
            toldMillis = Math.max(toldMillis, tellsThatTheNodeIsDown(victim));
            startAnew(pair, victim);
        }
        await().atMost(PATIENCE).until(() -> load.haveAllLost(lost));
        long downNanos = beginNanos + TimeUnit.MILLISECONDS.toNanos(detected);
        long lastLoss =
                load.lossNanos(lost).stream().mapToLong(Long::longValue).max().orElseThrow();
        load.giveUp(lost);
        load.add(lost.size());
        load.assertOthersWell(victim);
        assertThat(load.pairs(victim::equals))
                .as("sessions that began on a node that is down")
                .isEmpty();
        figure(
                "%s of %s: down after %d ms; %d clients told within %d ms of their next request; polls and WebSockets"
                        + " ended %d ms after that; %d new sessions, %d cut off; %d pairs began anew at the first try",
                how,
                victim,
                detected,
                lost.size(),
                toldMillis,
                millis(Math.max(0, lastLoss - downNanos)),
                load.newSessions() - before,
                load.cutOff(),
                lost.size());
    }

    /**
     * Checks that a request of a client whose node is down gets R10's answer; returns the milliseconds that it took.
     */
    private long tellsThatTheNodeIsDown(String victim) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(cluster.uri().resolve(STOP))
                .header("Cookie", Browser.COOKIE + "=" + victim)
                .build();
        long begin = System.nanoTime();
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        long took = millis(System.nanoTime() - begin);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(answer.body())
                .contains("node-down")
                .contains("\"" + cluster.node(victim).id() + "\"");
        assertThat(answer.headers().firstValue("Set-Cookie"))
                .hasValueSatisfying(cookie -> assertThat(cookie).startsWith(Browser.COOKIE + "=;"));
        return took;
    }

    /** Starts a new session in the same browser, which must succeed at the first attempt, on another node. */
    private static void startAnew(Pair pair, String victim) throws Exception {
        pair.create();
        assertThat(pair.owner()).isNotEqualTo(victim);
    }

    static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }

    @Override
    public void close() throws Exception {
        load.close();
        clients.close();
        cluster.close();
    }
}

package io.cobrowse.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.node.chaos.RepeatedRequests.Outcome;
import io.cobrowse.node.endtoend.Pair;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.NodeState;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The failures of a bad night, within minutes; run by the profile {@code chaos}. Prints what it measures. */
@Tag("chaos")
class ChaosLongTest {
    private static final int PAIRS = 100;
    private static final int KILLS = 20;
    private static final int STOPS = 6;
    private static final int RELOADS = 100;
    private static final int CONNECTIONS = 4;
    private static final Duration FLAPPING = Duration.ofMinutes(2);
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration ALL_DOWN = Duration.ofMinutes(1);
    private static final int TURNS = 10;
    private static final Duration LATE = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MAX_GROWTH_MIB = 16;

    @Test
    void shouldSurviveTwentyDeaths() throws Exception {
        try (Chaos chaos = new Chaos(Chaos.HEALTH, PAIRS)) {
            for (int i = 0; i < KILLS; i++) {
                chaos.kill(ChaosCluster.name(1 + i % ChaosCluster.NODES));
            }
            Chaos.figure("%d kills, %d exchanges", KILLS, chaos.load().exchanges());
        }
    }

    @Test
    void shouldSurviveNodesThatHang() throws Exception {
        try (Chaos chaos = new Chaos(Chaos.HEALTH, PAIRS)) {
            for (int i = 0; i < STOPS; i++) {
                chaos.stop(ChaosCluster.name(1 + i % ChaosCluster.NODES));
            }
        }
    }

    @Test
    void shouldDrainANodeWhoseSessionsFinish() throws Exception {
        String node = "node-2";
        try (Chaos chaos = new Chaos(Chaos.HEALTH, PAIRS)) {
            ChaosCluster cluster = chaos.cluster();
            while (chaos.load().pairs(node::equals).size() < 50) {
                chaos.load().add(10);
            }
            List<Pair> running = chaos.load().pairs(node::equals);
            cluster.proxy().states().setAdmin(cluster.node(node).id(), NodeState.DRAIN);
            await().atMost(PATIENCE).until(() -> chaos.load().underWay() == 0);
            long before = chaos.load().newSessions(node);
            assertThat(before).isPositive();
            chaos.load().add(30);
            assertThat(chaos.load().pairs(node::equals)).as("of the new ones").hasSameSizeAs(running);
            long new2 = chaos.load().newSessions();
            await().atMost(PATIENCE).until(() -> chaos.load().newSessions() > new2 + 100);
            chaos.load().assertOthersWell("none");
            assertThat(chaos.load().newSessions(node)).isEqualTo(before);
            int left = cluster.node(node).active();
            for (Pair pair : running) {
                chaos.load().finish(pair);
            }
            await().atMost(PATIENCE).until(() -> cluster.node(node).active() == 0);
            chaos.load().assertOthersWell("none");
            Chaos.figure(
                    "drain: %d running sessions finished; %d open requests and WebSockets, then 0",
                    running.size(), left);
        }
    }

    @Test
    void shouldNotTrustANodeThatFlaps() throws Exception {
        String node = "node-3";
        Health quick = new Health(Health.DEFAULTS.path(), Duration.ofMillis(500), Duration.ofMillis(500), 5, 2);
        try (Chaos chaos = new Chaos(quick, PAIRS)) {
            ChaosCluster cluster = chaos.cluster();
            NodeProcess process = cluster.process(node);
            process.signal("STOP");
            cluster.awaitState(node, NodeState.DOWN);
            chaos.load().giveUp(chaos.load().pairs(node::equals));
            process.signal("CONT");
            await().atMost(PATIENCE).until(() -> chaos.load().underWay() == 0);
            long before = chaos.load().newSessions(node);
            long newBefore = chaos.load().newSessions();
            long endNanos = System.nanoTime() + FLAPPING.toNanos();
            int flaps = 0;
            for (; System.nanoTime() < endNanos; flaps++) {
                process.signal("STOP");
                TimeUnit.SECONDS.sleep(1);
                process.signal("CONT");
                TimeUnit.SECONDS.sleep(1);
                assertThat(cluster.state(node)).isEqualTo(NodeState.DOWN);
            }
            assertThat(chaos.load().newSessions(node))
                    .as("sessions of the node that flaps")
                    .isEqualTo(before);
            chaos.load().assertOthersWell(node);
            cluster.awaitState(node, NodeState.READY);
            await().atMost(PATIENCE).until(() -> chaos.load().newSessions(node) > before);
            Chaos.figure(
                    "flapping: %d times up and down; %d new sessions, none on the node; 0 failures",
                    flaps, chaos.load().newSessions() - newBefore);
        }
    }

    @Test
    void shouldLoseNothingInAHundredReloads() throws Exception {
        try (Chaos chaos = new Chaos(Chaos.HEALTH, PAIRS)) {
            ChaosCluster cluster = chaos.cluster();
            int tunnels = cluster.proxy().tunnels().count();
            for (int i = 0; i < 10; i++) {
                cluster.reload(i % 2 == 1);
            }
            long before = Memory.usedMib();
            for (int i = 0; i < RELOADS; i++) {
                cluster.reload(i % 2 == 1);
                TimeUnit.MILLISECONDS.sleep(200);
            }
            chaos.load().assertOthersWell("none");
            assertThat(cluster.proxy().tunnels().count()).as("tunnels").isEqualTo(tunnels);
            long growth = Memory.usedMib() - before;
            Chaos.figure(
                    "%d reloads: %d exchanges, %d new sessions, 0 failures, %d WebSockets as before; heap %d MiB, grown by %d MiB",
                    RELOADS, chaos.load().exchanges(), chaos.load().newSessions(), tunnels, before, growth);
            assertThat(growth).isLessThan(MAX_GROWTH_MIB);
        }
    }

    @Test
    void shouldAnswerAtFullRateWhileAllNodesAreDownAndRecover() throws Exception {
        try (ChaosCluster cluster = ChaosCluster.start(Chaos.HEALTH);
                RepeatedRequests clients = new RepeatedRequests(cluster.uri(), CONNECTIONS, LATE);
                BareServer server = new BareServer();
                RepeatedRequests bare = new RepeatedRequests(server.uri(), CONNECTIONS, LATE);
                StolenTime stolen = StolenTime.watch()) {
            for (String name : cluster.names()) {
                cluster.process(name).kill();
            }
            clients.run(Duration.ofSeconds(1)); // The checks find the nodes dead.
            for (String name : cluster.names()) {
                cluster.awaitState(name, NodeState.DOWN);
            }
            bare.run(WARM_UP);
            clients.run(WARM_UP);
            long before = Memory.usedMib();
            // The machine stalls too: in turn, so that the control meets as many of its stalls.
            Outcome down = Outcome.none();
            Outcome control = Outcome.none();
            for (int turn = 0; turn < TURNS; turn++) {
                down = down.with(clients.run(ALL_DOWN.dividedBy(TURNS)));
                control = control.with(bare.run(ALL_DOWN.dividedBy(TURNS)));
            }
            long growth = Memory.usedMib() - before;
            print("all down", down, stolen);
            print("threads with sockets in the place of the proxy, in turn with it", control, stolen);
            Chaos.figure("the host took processors in %.0f %% of the time", 100 * stolen.share());
            Chaos.figure("heap %d MiB, grown by %d MiB", before, growth);
            assertThat(down.statuses()).containsOnlyKeys(503);
            assertThat(lateByThemselves(down, stolen)).isZero();
            assertThat(Duration.ofNanos(down.nanos().getValueAtPercentile(99.9)))
                    .isLessThan(LATE);
            assertThat(growth).isLessThan(MAX_GROWTH_MIB);
            for (String name : cluster.names()) {
                cluster.process(name).start();
                cluster.awaitState(name, NodeState.READY);
            }
        }
    }

    /** Returns how many answers were late although no processor was taken away meanwhile. */
    private static long lateByThemselves(Outcome outcome, StolenTime stolen) {
        return outcome.late().stream()
                .filter(each -> !stolen.wasTaken(each.asked(), each.answered()))
                .count();
    }

    private static void print(String what, Outcome outcome, StolenTime stolen) {
        Histogram nanos = outcome.nanos();
        Chaos.figure(
                "%s: answers %s in %d s, %d of them in 10 ms or more, %d of these while the host took no processor; median"
                        + " %.2f ms, 99.9 %% %.2f ms, 99.99 %% %.2f ms, max %.2f ms",
                what,
                outcome.statuses(),
                outcome.time().toSeconds(),
                outcome.late().size(),
                lateByThemselves(outcome, stolen),
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99.9) / 1e6,
                nanos.getValueAtPercentile(99.99) / 1e6,
                nanos.getMaxValue() / 1e6);
    }
}

package io.cobrowse.load.run;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.cobrowse.load.cluster.Jars;
import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.cluster.LocalCluster;
import io.cobrowse.load.record.Incident;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Interruption;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Tests the checks: the errors of a bad proxy must fail the run. Over long-polling, at a high rate. */
class ChecksIT {
    private static final String SETTINGS = """
            complexity:
              average: { change-interval: [100ms, 200ms], pointer-interval: [100ms, 200ms], page-bytes: [500, 1000] }
            journey:
              { websocket: 0, read-page: [0ms, 100ms], give-token: [0ms, 100ms], chats: 0, reconnects: 0, double-clicks: 0 }
            profiles:
              checks: { sessions: 20, session-length: 30s, fill: 2s, hold: 12s, fault: none }
            """;

    @TempDir
    private static Path directory;

    private static LocalCluster cluster;

    private static final String RECONNECTING = """
            complexity:
              average: { change-interval: [100ms, 200ms], pointer-interval: [100ms, 200ms], page-bytes: [500, 1000] }
            journey:
              { websocket: 1, read-page: [0ms, 100ms], give-token: [0ms, 100ms], chats: 0, reconnects: 1, double-clicks: 0 }
            profiles:
              checks: { sessions: 10, session-length: 3s, fill: 2s, hold: 6s, fault: none }
            """;

    @BeforeAll
    static void startCluster() throws Exception {
        cluster = LocalCluster.start(Layout.of(2), Jars.fromLauncher(), directory.resolve("processes"));
    }

    @AfterAll
    static void stopCluster() {
        cluster.close();
    }

    private Verdict run(String name, URI target) throws Exception {
        return run(name, target, SETTINGS);
    }

    private Verdict run(String name, URI target, String yaml) throws Exception {
        Settings settings = Settings.read(Files.writeString(directory.resolve("checks.yaml"), yaml));
        RunPlan plan = new RunPlan(
                target,
                Layout.of(2),
                "checks",
                settings.profile("checks"),
                "average",
                settings,
                1,
                1,
                null,
                null,
                null,
                directory.resolve(name),
                false,
                name);
        try (Interruption interruption = Interruption.watch()) {
            Run run = new Run(plan, new PrintWriter(System.out, true), interruption);
            RunResult result = run.run();
            return Verdict.of(result, run.latencies(result), settings);
        }
    }

    private static Verdict.Check check(Verdict verdict, String name) {
        return verdict.checks().stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldFailWhereOneRequestInAThousandReachesTheWrongNode() throws Exception {
        try (FaultyFront front = FaultyFront.misrouting(cluster.target(), 1000)) {
            Verdict verdict = run("misrouting", front.uri());

            assertThat(verdict.passed()).isFalse();
            Verdict.Check violations = check(verdict, "violations");
            assertThat(violations.passed()).isFalse();
            assertThat(violations.detail()).contains(Incident.WRONG_NODE.label());
            assertThat(violations.examples()).anyMatch(example -> example.contains("was answered by node-"));
        }
    }

    @Test
    void shouldFailWhereOneRequestInTwentyTakesHalfASecondLonger() throws Exception {
        try (FaultyFront front = FaultyFront.delaying(cluster.target(), 20, 500)) {
            Verdict verdict = run("delaying", front.uri());

            assertThat(verdict.passed()).isFalse();
            assertThat(List.of(check(verdict, "p99 of change-shown"), check(verdict, "p99 of pointer-shown")))
                    .allSatisfy(check ->
                            assertThat(check.passed()).as(check.detail()).isFalse());
        }
    }

    @Test
    void shouldTellOfAConnectionThatBreaksAsItIsClosedWithoutAnErrorInTheLog() throws Exception {
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.addAppender(log);
        try (ResettingFront front = new ResettingFront(cluster.target())) {
            Verdict verdict = run("resetting", front.uri(), RECONNECTING);

            assertThat(check(verdict, "violations").detail()).contains(Incident.NO_ANSWER.label());
            assertThat(log.list).isEmpty();
        } finally {
            root.detachAppender(log);
        }
    }
}

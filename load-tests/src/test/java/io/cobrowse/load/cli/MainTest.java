package io.cobrowse.load.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.load.capacity.Capacity;
import io.cobrowse.load.capacity.Estimate;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Errors are found before anything is started. */
class MainTest {
    private static final String NOBODY = "http://127.0.0.1:1";

    @TempDir
    private Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter errors = new StringWriter();

    private int call(String... arguments) {
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(errors, true));
        return command.execute(arguments);
    }

    @Test
    void shouldFindInSecondsThatNobodyIsAtTheTarget() {
        Path output = directory.resolve("run");

        assertThat(call("run", "--profile", "steady", "--target", NOBODY, "--output", output.toString()))
                .isEqualTo(1);

        assertThat(out.toString())
                .contains("Failed before it began: The target " + NOBODY, "connection refused", "report.html");
        assertThat(output.resolve("report.html")).content().contains("Failed before it began", "connection refused");
    }

    @ParameterizedTest
    @ValueSource(strings = {"failover", "drain"})
    void shouldRefuseAFaultThatNobodyMakes(String profile) {
        assertThat(call("run", "--profile", profile, "--target", NOBODY)).isEqualTo(2);
        assertThat(errors.toString()).contains("--fault-command", "--fault-node");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0/5", "6/5", "2", "two/5"})
    void shouldRefuseAnInjectorThatIsNone(String injector) {
        assertThat(call("run", "--profile", "steady", "--target", NOBODY, "--injector", injector))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("--injector " + injector, "2/5");
    }

    @Test
    void shouldNameASettingsFileThatIsMissing() {
        assertThat(call("run", "--profile", "steady", "--settings", "none.yaml"))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("There is no file none.yaml");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "journey: { websockets: 1 }",
                "journey: { websocket: much }",
                "profiles: { steady: { hold: soon } }",
                "limits: [ 1 ]",
                "journey: { read-page: [ 1s ] }"
            })
    void shouldSayWhatIsWrongInASettingsFileWithoutNamesOfClasses(String yaml) throws Exception {
        Path settings = Files.writeString(directory.resolve("own.yaml"), yaml);

        assertThat(call("run", "--profile", "steady", "--settings", settings.toString()))
                .isEqualTo(2);

        assertThat(errors.toString())
                .contains("own.yaml: ")
                .doesNotContain("io.cobrowse", "java.", "REDACTED", "Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"components\": 1}", "{\"nodes\": []}", "null"})
    void shouldSayWhatIsWrongInACapacityFile(String json) throws Exception {
        Path file = Files.writeString(directory.resolve("capacity.json"), json);

        assertThat(call("size", "--sessions", "100", "--from", file.toString())).isEqualTo(2);

        assertThat(errors.toString())
                .contains("capacity.json")
                .doesNotContain("io.cobrowse", "java.", "REDACTED", "Exception");
    }

    @Test
    void shouldSizeByWhatIsPublishedOfTheReferenceNode() {
        assertThat(call("size", "--sessions", "50000")).isZero();

        // 4 x 2,812 sessions a node, 4 x 2,880 a proxy, and one more of each.
        assertThat(out.toString())
                .startsWith("6 nodes (at worst 6) of 4 cores and 6 proxies (at worst 6) of 4 cores.")
                .contains("A node of 4 cores carries 11,248 sessions (11,040 to 11,248)")
                .contains("A proxy of 4 cores carries 11,520 sessions (11,024 to 11,608)")
                .contains("published figures of the reference node");
    }

    /** People read the page, and {@code size} reads the file. */
    @Test
    void shouldPublishTheFiguresThatThePageHas() throws Exception {
        Capacity published = Capacity.ofReferenceNode();
        String page = Files.readString(Path.of("..", "docs", "capacity.md"));

        assertThat(published.components()).hasSize(2).allSatisfy(component -> {
            Estimate perCore = component.sessionsPerCore();
            assertThat(perCore).isNotNull();
            for (double figure : new double[] {perCore.value(), perCore.low(), perCore.high()}) {
                assertThat(page).contains(String.format(Locale.ROOT, "%,.0f", figure));
            }
        });
    }

    @Test
    void shouldNameAResultThatIsMissing() {
        assertThat(call("merge", directory.resolve("injector-1").toString())).isEqualTo(2);
        assertThat(errors.toString()).contains("There is no file", "injector-1");
    }

    @Test
    void shouldRefuseWhatIsNoPort() {
        assertThat(call("run", "--profile", "smoke", "--port", "70000")).isEqualTo(2);
        assertThat(errors.toString()).contains("70000 is no port");
    }

    @Test
    void shouldSayThatThereIsNothingToResume() {
        assertThat(call("capacity", "--slo-p99", "200", "--resume", "--output", directory.toString()))
                .isEqualTo(2);
        assertThat(errors.toString()).contains("There is no file", "trials.json");
    }

    @ParameterizedTest
    @ValueSource(strings = {"run", "capacity", "size", "merge"})
    void shouldHaveHelpWithoutPlaceholders(String command) {
        assertThat(call(command, "--help")).isZero();
        assertThat(out.toString()).doesNotContain("%%", "${", "%n").contains("Usage: cobrowse-load " + command);
    }

    @Test
    void shouldFindAPortThatOthersUse() throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path jar = Files.writeString(directory.resolve("some.jar"), "");
            System.setProperty("cobrowse.proxy.jar", jar.toString());
            System.setProperty("cobrowse.node.jar", jar.toString());

            assertThat(call(
                            "run",
                            "--profile",
                            "smoke",
                            "--port",
                            Integer.toString(other.getLocalPort()),
                            "--output",
                            directory.toString()))
                    .isEqualTo(1);
            assertThat(errors.toString()).contains("Port " + other.getLocalPort(), "in use");
        } finally {
            System.clearProperty("cobrowse.proxy.jar");
            System.clearProperty("cobrowse.node.jar");
        }
    }
}

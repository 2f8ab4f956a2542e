package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "check", "nodes", "explain", "top", "prepare", "demo", "node"})
    void shouldHelpEverywhere(String command) {
        assertThat(execute((command + " --help").strip())).isZero();
        assertThat(out.toString()).startsWith("Usage: cobrowse-proxy " + command);
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "run", "check", "nodes", "explain", "top", "prepare", "demo", "node"})
    void shouldTellTheVersionEverywhere(String command) {
        assertThat(execute((command + " --version").strip())).isZero();
        assertThat(out.toString()).startsWith("cobrowse-proxy ").hasLineCount(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ''                  | cobrowse-proxy: a command is missing, one of run, check, nodes, explain, top, prepare, demo, node
                    strat               | cobrowse-proxy: Unmatched argument at index 0: 'strat'
                    --port=1            | cobrowse-proxy: Unknown option: '--port=1'
                    run                 | cobrowse-proxy run: Missing required option: '--config=FILE'
                    run --config        | cobrowse-proxy run: Missing required parameter for option '--config' (FILE)
                    check --config a b  | cobrowse-proxy check: Unmatched argument at index 3: 'b'
                    nodes list 1        | cobrowse-proxy nodes: list takes no ID
                    nodes drain         | cobrowse-proxy nodes: drain takes the ID of a node
                    nodes drain a/b     | cobrowse-proxy nodes: drain takes the ID of a node
                    nodes stop 1        | cobrowse-proxy nodes: Invalid value for positional parameter at index 0
                    nodes --admin a:1   | cobrowse-proxy nodes: --admin is http://HOST:PORT, not 'a:1'
                    """)
    void shouldAnswerWrongUsageInOneLine(String arguments, String message) {
        assertThat(execute(arguments)).isEqualTo(2);
        assertThat(err.toString())
                .startsWith(message)
                .endsWith(" --help)" + System.lineSeparator())
                .hasLineCount(1);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"demo,", "demo, --nodes 3", "node,", "node, --name a --port 1"})
    void shouldPointToTheLauncherForWhatNeedsTheReferenceNode(String command, String options) {
        assertThat(execute(options == null ? command : command + " " + options)).isEqualTo(2);
        assertThat(err.toString().strip())
                .isEqualTo("cobrowse-proxy " + command + ": not in this jar; run bin/cobrowse-proxy " + command);
    }

    @Test
    void shouldServeOneRequestByItselfToPrepareLaterStarts() {
        assertThat(execute("prepare")).isZero();
        assertThat(out.toString()).startsWith("Prepared");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldCheckAGoodConfiguration() throws Exception {
        Path file = write("nodes: [{id: 1, url: 'http://a'}]\nadmin: {token: s3cret}\nhealth: {}");
        assertThat(execute("check --config " + file)).isZero();
        assertThat(out.toString())
                .startsWith("listeners:")
                .contains("token: '***'")
                .doesNotContain("s3cret");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldWarnOfTheMaskInPlaceOfTheToken() throws Exception {
        Path file = write("nodes: [{id: 1, url: 'http://a'}]\nadmin: {token: '***'}");
        assertThat(execute("check --config " + file)).isZero();
        assertThat(err.toString().strip())
                .isEqualTo("warning: " + file + ":2: admin.token: this is the mask that check prints, no secret");
    }

    @Test
    void shouldPrintWhatChecksAgainToTheSame() throws Exception {
        Path file = write("nodes: [{id: 1, url: 'http://a'}]");
        assertThat(execute("check --config " + file)).isZero();
        String first = out.toString();
        out.getBuffer().setLength(0);
        assertThat(execute("check --config " + write(first))).isZero();
        assertThat(out.toString()).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "run"})
    void shouldReportEveryErrorOfABadConfiguration(String command) throws Exception {
        Path file = write("balance: x\nnodes: [{id: 1, url: 'http://a', weight: 0}]");
        assertThat(execute(command + " --config " + file)).isEqualTo(2);
        assertThat(err.toString().lines())
                .containsExactly(
                        file + ":1: balance: \"x\": round-robin or least-active or random-two",
                        file + ":2: nodes[0].weight: \"0\": a whole number from 1 to 256");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void shouldReportAMissingConfiguration() {
        Path file = directory.resolve("none.yaml");
        assertThat(execute("check --config " + file)).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo(file + ": no such file");
    }

    private Path write(String yaml) throws Exception {
        return Files.writeString(directory.resolve("proxy.yaml"), yaml);
    }

    private int execute(String arguments) {
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(arguments.isEmpty() ? new String[0] : arguments.split(" "));
    }
}

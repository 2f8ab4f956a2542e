package io.cobrowse.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "node; cobrowse-proxy node: Missing required options: '--name=<name>', '--port=<port>'. See --help.",
                "node --name a --port x; cobrowse-proxy node: Invalid value for option '--port': 'x' is not an int. See --help.",
                "node --name a --port 65536; cobrowse-proxy node: --port: 65536 is not within 0 to 65535. See --help.",
                "node --name a/b --port 0; cobrowse-proxy node: --name: 'a/b' does not match [A-Za-z0-9._-]{1,64}. See --help.",
                "node --name a --port 0 --nodes 3; cobrowse-proxy node: Unknown options: '--nodes', '3'. See --help.",
                "demo; cobrowse-proxy demo: Missing required option: '--proxy-jar=<proxyJar>'. See --help.",
                "demo --proxy-jar x --nodes 0; cobrowse-proxy demo: --nodes: 0 is not within 1 to 32. See --help.",
                "demo --proxy-jar /none; cobrowse-proxy demo: --proxy-jar: there is no file /none. See --help.",
                "other; cobrowse-proxy: Unmatched argument at index 0: 'other'. See --help.",
            })
    void shouldExplainAUsageErrorInOneLineAndReturn2(String arguments, String message) {
        assertThat(execute(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString().strip()).isEqualTo(message);
        assertThat(out.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "node --help", "demo --help", "--version", "node --version", "demo --version"})
    void shouldHelpAndTellItsVersion(String arguments) {
        assertThat(execute(arguments.split(" "))).isZero();
        assertThat(out.toString()).containsAnyOf("Usage: cobrowse-proxy", "cobrowse-node ");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void shouldNameThePortInUseAndReturn1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            String port = String.valueOf(taken.getLocalPort());

            assertThat(execute("node", "--name", "a", "--port", port)).isEqualTo(1);
            assertThat(err.toString().strip()).isEqualTo("cobrowse-proxy node: Port " + port + " is in use.");
        }
    }

    @Test
    void shouldStopOnSigtermAndReturn0() throws Exception {
        Process node = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "node",
                        "--name",
                        "node-7",
                        "--port",
                        "0")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader output = node.inputReader(StandardCharsets.UTF_8)) {
            assertThat(output.readLine()).startsWith("Node node-7 serves http://localhost:");

            node.destroy();

            assertThat(node.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(node.exitValue()).isZero();
        } finally {
            node.destroyForcibly();
        }
    }

    private int execute(String... arguments) {
        CommandLine commandLine = Main.commandLine();
        commandLine.setOut(new PrintWriter(out));
        commandLine.setErr(new PrintWriter(err));
        return commandLine.execute(arguments);
    }
}

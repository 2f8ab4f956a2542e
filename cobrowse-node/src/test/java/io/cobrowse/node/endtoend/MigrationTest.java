package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.node.CobrowseNode;
import io.cobrowse.node.endtoend.MigrationTable.Row;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The proxy, HAProxy, nginx and Apache httpd with the configurations in {@code docs/migration}, with the same nodes and
 * the same requests: the tables in {@code docs/genesys.md} are true, cell by cell.
 */
class MigrationTest {
    /** How often a request is sent that must reach one node, or none. */
    private static final int TIMES = 8;

    /** The same if either node may get it: Apache first evens out what stuck to the other one. */
    private static final int TIMES_IN_TURN = 100;

    private static final Duration DETECTION_LIMIT = Duration.ofSeconds(60);
    private static final Pattern NODE = Pattern.compile("(?im)^x-cobrowse-node: (.+?)\r?$");

    @TempDir
    private Path directory;

    @ParameterizedTest
    @EnumSource
    void shouldDoAsThePageSays(Contender contender) throws Exception {
        Optional<String> missing = contender.missing();
        missing.ifPresent(what -> System.err.println("MigrationTest is skipped in part. " + what));
        assumeTrue(missing.isEmpty(), missing::get);
        List<List<Row>> tables = MigrationTable.read();
        try (CobrowseNode node1 = node("node-1");
                CobrowseNode node2 = node("node-2")) {
            node1.setPeers(List.of(local(node2)));
            node2.setPeers(List.of(local(node1)));
            try (Contender.Running running = contender.start(directory, node1.port(), node2.port())) {
                int port = running.port();
                await().atMost(DETECTION_LIMIT)
                        .until(() -> outcome(port, tables.get(0).get(0), "any"), "any"::equals);

                check(contender, port, tables.get(0));
                for (String cookieOrQuery : List.of("Cookie: gcbSessionServer=node-2", "?co-browse-node-id=2")) {
                    assertThat(upgrade(port, cookieOrQuery))
                            .as("%s with %s", contender, cookieOrQuery)
                            .startsWith("HTTP/1.1 101 ")
                            .containsIgnoringCase("X-Cobrowse-Node: node-2");
                }

                node2.close();

                await().atMost(DETECTION_LIMIT).untilAsserted(() -> check(contender, port, tables.get(1)));
            }
        }
    }

    @Test
    void shouldFindTheTablesInThePage() throws Exception {
        assertThat(MigrationTable.read()).hasSize(2).allSatisfy(table -> {
            assertThat(table).hasSizeGreaterThan(4);
            assertThat(table).allSatisfy(row -> assertThat(row.outcomes()).hasSize(Contender.values().length));
        });
    }

    private static CobrowseNode node(String name) throws IOException {
        return CobrowseNode.builder().name(name).host("127.0.0.1").build().start();
    }

    private static URI local(CobrowseNode node) {
        return URI.create("http://127.0.0.1:" + node.port());
    }

    private static void check(Contender contender, int port, List<Row> rows) throws IOException {
        SoftAssertions all = new SoftAssertions();
        for (Row row : rows) {
            String said = row.outcome(contender);
            all.assertThat(outcome(port, row, said))
                    .as("%s: %s", contender, row.request())
                    .isEqualTo(said);
        }
        all.assertAll();
    }

    /** Returns the outcome of a request, in the page's words. */
    private static String outcome(int port, Row row, String said) throws IOException {
        SortedSet<String> seen = new TreeSet<>();
        int times = said.equals("any") ? TIMES_IN_TURN : TIMES;
        for (int i = 0; i < times && seen.size() < 2; i++) {
            String answer = ask(port, row.line(), row.cookie());
            Matcher node = NODE.matcher(answer);
            if (node.find()) {
                seen.add(node.group(1));
            } else {
                String expires = answer.contains("Set-Cookie: gcbSessionServer=; Path=/; Max-Age=0;")
                        ? ", the cookie expires"
                        : "";
                seen.add(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()) + expires);
            }
        }
        return seen.equals(new TreeSet<>(List.of("node-1", "node-2"))) ? "any" : String.join(" or ", seen);
    }

    /** Sends a request on a connection of its own; returns the answer. */
    private static String ask(int port, String line, String cookie) throws IOException {
        try (Socket socket = send(port, line, cookie, "Content-Length: 0\r\nConnection: close")) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /** Requests a WebSocket; returns the head of the answer. */
    private static String upgrade(int port, String cookieOrQuery) throws IOException {
        boolean query = cookieOrQuery.startsWith("?");
        try (Socket socket = send(
                port,
                "GET /cobrowse/cometd" + (query ? cookieOrQuery : ""),
                query ? "" : cookieOrQuery,
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==")) {
            StringBuilder head = new StringBuilder();
            for (int c = socket.getInputStream().read();
                    c >= 0;
                    c = socket.getInputStream().read()) {
                head.append((char) c);
                if (head.indexOf("\r\n\r\n") >= 0) {
                    break;
                }
            }
            return head.toString();
        }
    }

    private static Socket send(int port, String line, String cookie, String fields) throws IOException {
        Socket socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        String request = line + " HTTP/1.1\r\nHost: localhost:" + port + "\r\n"
                + (cookie.isEmpty() ? "" : cookie + "\r\n") + fields + "\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
        return socket;
    }
}

package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.Stickiness;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the routing of our proxy with that of HAProxy and nginx, for cookies and queries full of near misses. They
 * may differ only in ways that are known from their parsers.
 */
class RoutingDifferentialTest {
    private static final int TRIES = 1_500;
    private static final int NODES = 4;
    private static final String COOKIE = "gcbSessionServer";
    private static final String PARAMETER = "co-browse-node-id";

    private static final List<String> VALUES =
            List.of("node-1", "node-2", "node-3", "node-9", "", "\"node-2\"", "node-1x", "node%2d1", "Node-1");
    private static final List<String> NAMES =
            List.of(COOKIE, COOKIE, COOKIE, "gcbsessionserver", "x" + COOKIE, COOKIE + "x", "a", "");
    private static final List<String> EQUALS = List.of("=", "=", "=", "=", " =", "= ", "");
    private static final List<String> COOKIE_SEPARATORS = List.of("; ", "; ", "; ", ";", " ; ", ", ", ";;");
    private static final List<String> IDS = List.of("1", "2", "3", "9", "", "%31", "1x", "+1");
    private static final List<String> PARAMETERS =
            List.of(PARAMETER, PARAMETER, PARAMETER, "x" + PARAMETER, PARAMETER + "x", "CO-BROWSE-NODE-ID", "a");
    private static final List<String> QUERY_SEPARATORS = List.of("&", "&", "&", "&&", ";", "?");

    private record Input(String cookie, String query) {
        boolean cookieTwice() {
            return occurrences(cookie, "(?i)(?<![a-z])" + COOKIE + " ?=") > 1;
        }

        boolean parameterTwice() {
            return occurrences(query, "(?<![a-z])" + PARAMETER + "=") > 1;
        }

        private static int occurrences(String text, String pattern) {
            return (int) Pattern.compile(pattern).matcher(text).results().count();
        }
    }

    /** A known difference, and the requests that it concerns. */
    private record Known(String why, Predicate<Input> concerns) {}

    private static final List<Known> HAPROXY = List.of(
            new Known("a comma separates cookies, too", input -> input.cookie().contains(",")),
            new Known("quotes are kept, and protect", input -> input.cookie().contains("\"")),
            new Known("nothing is decoded", input -> input.query().contains("%")),
            new Known("; and ? separate parameters, too", input -> input.query().matches(".*[;?].*")),
            new Known("only the first parameter of the name is looked at", Input::parameterTwice));

    private static final List<Known> NGINX = List.of(
            new Known("a comma separates cookies, too", input -> input.cookie().contains(",")),
            new Known("quotes are kept", input -> input.cookie().contains("\"")),
            new Known("nothing is decoded", input -> input.query().contains("%")),
            new Known(
                    "the case of a cookie's name does not matter",
                    input -> input.cookie().contains("gcbsessionserver")),
            new Known("only the first cookie of the name is looked at", Input::cookieTwice),
            new Known(
                    "blanks around = belong to the name, or the value",
                    input -> input.cookie().contains(" =") || input.cookie().contains("= ")),
            new Known(
                    "blanks before ; belong to the value",
                    input -> input.cookie().contains(" ;")),
            new Known("the map looks for each node in turn", Input::parameterTwice));

    @TempDir
    Path directory;

    private final List<RawNode> nodes = new ArrayList<>();
    private final List<Process> processes = new ArrayList<>();
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws IOException {
        assumeThat(Path.of("/usr/sbin/haproxy")).isExecutable();
        assumeThat(Path.of("/usr/sbin/nginx")).isExecutable();
        for (int i = 1; i <= NODES; i++) {
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + i;
            nodes.add(new RawNode(exchange -> exchange.send(answer)));
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (proxy != null) {
            proxy.close();
        }
        for (Process each : processes) {
            each.destroy();
            each.waitFor();
        }
        for (RawNode each : nodes) {
            each.close();
        }
    }

    /** The first three serve only their sessions, so the fourth shows that nothing was found. */
    private URI ours() throws IOException {
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .stickiness(stickiness());
        for (int i = 1; i <= NODES; i++) {
            builder.node(
                    "" + i, i == NODES ? "other" : "node-" + i, nodes.get(i - 1).url());
        }
        proxy = builder.build().start();
        for (int i = 1; i < NODES; i++) {
            proxy.states().setAdmin("" + i, NodeState.DRAIN);
        }
        return proxy.uri("public");
    }

    private static Stickiness stickiness() {
        Stickiness defaults = Stickiness.DEFAULTS;
        return new Stickiness(
                defaults.cookie(),
                defaults.queryParameter(),
                defaults.header(),
                defaults.routeSuffix(),
                defaults.onNodeDown(),
                OnUnknownNode.BALANCE,
                defaults.sessionStart(),
                defaults.cookiePath(),
                defaults.cookieDomain(),
                defaults.cookieAttributes(),
                false);
    }

    private URI haproxy() throws IOException {
        int port = freePort();
        Path configuration = Files.writeString(directory.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                frontend public
                  bind 127.0.0.1:%d
                  default_backend nodes
                backend nodes
                  cookie gcbSessionServer
                  use-server n1 if { urlp(co-browse-node-id) 1 }
                  use-server n2 if { urlp(co-browse-node-id) 2 }
                  use-server n3 if { urlp(co-browse-node-id) 3 }
                  server n1 127.0.0.1:%d cookie node-1 weight 0
                  server n2 127.0.0.1:%d cookie node-2 weight 0
                  server n3 127.0.0.1:%d cookie node-3 weight 0
                  server n4 127.0.0.1:%d cookie other
                """.formatted(
                        port,
                        nodes.get(0).port(),
                        nodes.get(1).port(),
                        nodes.get(2).port(),
                        nodes.get(3).port()));
        return peer(port, "/usr/sbin/haproxy", "-db", "-f", configuration.toString());
    }

    private URI nginx() throws IOException {
        int port = freePort();
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; pid %1$s/nginx.pid; error_log stderr; events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s; uwsgi_temp_path %1$s;
                  scgi_temp_path %1$s;
                  map $cookie_gcbSessionServer $by_cookie {
                    default 127.0.0.1:%6$d;
                    "~^node-1$" 127.0.0.1:%3$d;
                    "~^node-2$" 127.0.0.1:%4$d;
                    "~^node-3$" 127.0.0.1:%5$d;
                  }
                  map $args $node {
                    default $by_cookie;
                    "~(^|&)co-browse-node-id=1(&|$)" 127.0.0.1:%3$d;
                    "~(^|&)co-browse-node-id=2(&|$)" 127.0.0.1:%4$d;
                    "~(^|&)co-browse-node-id=3(&|$)" 127.0.0.1:%5$d;
                  }
                  server {
                    listen 127.0.0.1:%2$d;
                    location / { proxy_pass http://$node; }
                  }
                }
                """.formatted(
                        directory,
                        port,
                        nodes.get(0).port(),
                        nodes.get(1).port(),
                        nodes.get(2).port(),
                        nodes.get(3).port()));
        return peer(port, "/usr/sbin/nginx", "-e", "stderr", "-c", configuration.toString());
    }

    private URI peer(int port, String... command) throws IOException {
        processes.add(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("peer.log").toFile())
                .start());
        URI uri = URI.create("http://127.0.0.1:" + port);
        await().ignoreExceptions().until(() -> {
            try (RawClient client = new RawClient(uri)) {
                return client.get("/").text().equals("4");
            }
        });
        return uri;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static String pick(Random random, List<String> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static Input input(Random random) {
        StringBuilder cookie = new StringBuilder();
        for (int i = random.nextInt(4); i > 0; i--) {
            cookie.append(cookie.isEmpty() ? "" : pick(random, COOKIE_SEPARATORS))
                    .append(pick(random, NAMES))
                    .append(pick(random, EQUALS))
                    .append(pick(random, VALUES));
        }
        StringBuilder query = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            query.append(query.isEmpty() ? "" : pick(random, QUERY_SEPARATORS))
                    .append(pick(random, PARAMETERS))
                    .append(random.nextInt(8) == 0 ? "" : "=")
                    .append(pick(random, IDS));
        }
        return new Input(cookie.toString().trim(), query.toString());
    }

    private static String node(URI front, Input input) {
        try (RawClient client = new RawClient(front)) {
            String target = input.query().isEmpty() ? "/" : "/?" + input.query();
            RawClient.Answer answer = input.cookie().isEmpty()
                    ? client.get(target, "Connection: close")
                    : client.get(target, "Connection: close", "Cookie: " + input.cookie());
            return answer.status() == 200 ? answer.text() : "status " + answer.status();
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Test
    void shouldDifferFromPeersOnlyWhereTheirParsersAreKnownTo() throws Exception {
        URI ours = ours();
        Random random = new Random(42);
        List<Input> inputs = Stream.generate(() -> input(random)).limit(TRIES).toList();
        Map<Input, String> found =
                inputs.stream().distinct().collect(Collectors.toMap(each -> each, each -> node(ours, each)));
        assertThat(found.values()).contains("1", "2", "3", "4");
        compare("HAProxy", found, haproxy(), HAPROXY);
        compare("nginx", found, nginx(), NGINX);
    }

    private static void compare(String peer, Map<Input, String> found, URI front, List<Known> known) {
        List<String> unexplained = new ArrayList<>();
        int agreed = 0;
        for (Map.Entry<Input, String> each : found.entrySet()) {
            String there = node(front, each.getKey());
            if (there.equals(each.getValue())) {
                agreed++;
            } else if (known.stream().noneMatch(one -> one.concerns().test(each.getKey()))) {
                unexplained.add("%s: ours %s, %s %s".formatted(each.getKey(), each.getValue(), peer, there));
            }
        }
        assertThat(unexplained).isEmpty();
        assertThat(agreed).as("requests that both send to the same node").isGreaterThan(found.size() / 2);
    }
}

package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.routing.RoutingCase;
import io.cobrowse.sticky.routing.RoutingCase.Expected;
import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import io.cobrowse.sticky.routing.RoutingCases;
import io.cobrowse.sticky.routing.Stickiness;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of routing cases through the proxy, over HTTP/1.1 and HTTP/2, to nodes that answer with their ids. */
class RoutingThroughProxyTest {
    private static final Map<String, RawNode> NODES = new HashMap<>();
    private static final Map<Setup, StickyProxyServer> PROXIES = new HashMap<>();

    /** The answer to the client, whatever the protocol. */
    private record Seen(int status, Map<String, List<String>> fields, String body) {
        List<String> values(String name) {
            return fields.getOrDefault(name, List.of());
        }
    }

    static List<RoutingCase> cases() {
        return RoutingCases.all().stream()
                .filter(c -> !c.refusedBy().contains(Refuser.HTTP))
                .toList();
    }

    /** A tunnel over HTTP/2 has another form of request. */
    static List<RoutingCase> casesWithoutUpgrade() {
        return cases().stream().filter(c -> !c.upgrade()).toList();
    }

    @AfterAll
    static void stop() throws IOException {
        PROXIES.values().forEach(StickyProxyServer::close);
        for (RawNode node : NODES.values()) {
            node.close();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldRouteOverHttp1AsTheTableSays(RoutingCase c) throws Exception {
        StringBuilder request = new StringBuilder();
        request.append(c.method()).append(' ').append(c.target()).append(" HTTP/1.1\r\nHost: proxy\r\n");
        c.cookieFields()
                .forEach(field -> request.append("Cookie: ").append(field).append("\r\n"));
        c.headerFields()
                .forEach(field -> request.append(RoutingCase.HEADER)
                        .append(": ")
                        .append(field)
                        .append("\r\n"));
        c.otherFields().forEach(line -> request.append(line).append("\r\n"));
        if (c.upgrade()) {
            request.append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n");
            request.append("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
        }
        try (RawClient client = new RawClient(proxy(c.setup()))) {
            RawClient.Answer answer = client.send(request + "\r\n").answer();
            Map<String, List<String>> fields = new HashMap<>();
            for (String name : List.of("Set-Cookie", "Retry-After", "Cache-Control", "Sticky-Route", "Content-Type")) {
                fields.put(name, answer.values(name));
            }
            verify(c, new Seen(answer.status(), fields, answer.text()));
        }
    }

    @ParameterizedTest
    @MethodSource("casesWithoutUpgrade")
    void shouldRouteOverHttp2AsTheTableSays(RoutingCase c) throws Exception {
        List<String> sent = new ArrayList<>();
        for (String field : c.cookieFields()) {
            // As browsers do: each pair a field of its own. A field that begins or ends with a blank is malformed.
            for (String crumb : field.split("; ", -1)) {
                sent.addAll(List.of("cookie", crumb.strip()));
            }
        }
        c.headerFields().forEach(field -> sent.addAll(List.of("x-session-server", field)));
        for (String line : c.otherFields()) {
            String[] field = line.split(": ", 2);
            sent.addAll(List.of(field[0].toLowerCase(Locale.ROOT), field[1]));
        }
        try (RawHttp2Client client = new RawHttp2Client(proxy(c.setup()))) {
            RawHttp2Client.Answer answer =
                    client.answer(client.begin(c.method(), c.target(), true, sent.toArray(String[]::new)));
            Map<String, List<String>> fields = new HashMap<>();
            for (HttpField field : answer.fields()) {
                fields.computeIfAbsent(canonical(field.getName()), name -> new ArrayList<>())
                        .add(field.getValue());
            }
            verify(c, new Seen(answer.status(), fields, answer.text()));
        }
    }

    private static String canonical(String name) {
        return switch (name) {
            case "set-cookie" -> "Set-Cookie";
            case "retry-after" -> "Retry-After";
            case "cache-control" -> "Cache-Control";
            case "sticky-route" -> "Sticky-Route";
            case "content-type" -> "Content-Type";
            default -> name;
        };
    }

    private static void verify(RoutingCase c, Seen seen) {
        if (c.target().contains("#")) {
            // All that Jetty's parser cannot hold here.
            assertThat(seen.status()).isEqualTo(400);
            return;
        }
        Expected expected = c.expected();
        switch (expected.outcome()) {
            case FORWARD -> {
                assertThat(seen.status()).isEqualTo(200);
                assertThat(expected.nodes()).contains(seen.body());
                assertThat(seen.values("Sticky-Route"))
                        .containsExactly("node=" + seen.body() + "; by="
                                + expected.affinity().text());
                assertThat(seen.values("Set-Cookie")).isEmpty();
            }
            case NODE_DOWN -> {
                String node = expected.nodes().iterator().next();
                problem(seen, 503, "node-down");
                assertThat(seen.body()).contains("\"node\":\"" + node + "\"");
                assertThat(seen.values("Retry-After")).containsExactly("4");
                assertThat(seen.values("Sticky-Route"))
                        .containsExactly(
                                "node=" + node + "; by=" + expected.affinity().text());
                assertThat(seen.values("Set-Cookie")).isEqualTo(expected.expiredCookies());
            }
            case NO_NODE -> {
                problem(seen, 503, "no-node-available");
                assertThat(seen.values("Retry-After")).containsExactly("4");
                assertThat(seen.values("Sticky-Route")).isEmpty();
                assertThat(seen.values("Set-Cookie")).isEmpty();
            }
            case UNKNOWN_NODE -> {
                problem(seen, 404, "unknown-node");
                assertThat(seen.values("Sticky-Route")).isEmpty();
                assertThat(seen.values("Set-Cookie")).isEmpty();
            }
        }
    }

    private static void problem(Seen seen, int status, String type) {
        assertThat(seen.status()).isEqualTo(status);
        assertThat(seen.values("Content-Type")).containsExactly("application/problem+json");
        assertThat(seen.values("Cache-Control")).containsExactly("no-store");
        assertThat(seen.body())
                .startsWith("{\"type\":\"urn:cobrowse-proxy:" + type + "\",\"title\":\"")
                .contains("\"status\":" + status + ",\"detail\":\"");
    }

    private static URI proxy(Setup setup) throws IOException {
        StickyProxyServer proxy = PROXIES.get(setup);
        if (proxy == null) {
            proxy = start(setup);
            PROXIES.put(setup, proxy);
        }
        return proxy.uri("public");
    }

    private static StickyProxyServer start(Setup setup) throws IOException {
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin("127.0.0.1", 0)
                .stickiness(exposed(setup.stickiness()));
        for (RoutingCase.Member member : setup.members()) {
            URI url = URI.create(node(member.id()).url());
            builder.node(new NodeConfig(member.id(), member.cookies(), url, 1, member.backup()));
        }
        StickyProxyServer proxy = builder.build().start();
        setup.states().forEach((id, state) -> proxy.router().update(table -> table.withState(id, state)));
        return proxy;
    }

    private static RawNode node(String id) throws IOException {
        RawNode node = NODES.get(id);
        if (node == null) {
            String answer = "HTTP/1.1 200 OK\r\nContent-Length: " + id.length() + "\r\n\r\n";
            node = new RawNode(exchange -> exchange.send(exchange.line().startsWith("HEAD ") ? answer : answer + id));
            NODES.put(id, node);
        }
        return node;
    }

    private static Stickiness exposed(Stickiness settings) {
        return new Stickiness(
                settings.cookie(),
                settings.queryParameter(),
                settings.header(),
                settings.routeSuffix(),
                settings.onNodeDown(),
                settings.onUnknownNode(),
                settings.sessionStart(),
                settings.cookiePath(),
                settings.cookieDomain(),
                settings.cookieAttributes(),
                true,
                settings.referer(),
                settings.anyNode());
    }
}

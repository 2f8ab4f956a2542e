package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.cluster.discovery.DnsServer;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.EffectiveConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.xbill.DNS.ResolverConfig;

/** {@code discovery.dns} of a configuration file, against dnsmasq. */
class DiscoveryTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String DNS = "discovery: { dns: { name: " + DnsServer.NAME + ", interval: 100ms } }";

    @TempDir
    Path directory;

    private final DnsServer dns = new DnsServer();
    private RawNode first;
    private RawNode second;
    private StickyProxyServer proxy;

    @BeforeAll
    static void needDnsmasq() {
        DnsServer.assumeInstalled();
    }

    @BeforeEach
    void start() throws Exception {
        first = new RawNode(exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst"));
        second = new RawNode(exchange -> exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecond"));
        dns.serve();
        System.setProperty("dns.server", "127.0.0.1:" + dns.port());
        ResolverConfig.refresh();
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("dns.server");
        ResolverConfig.refresh();
        if (proxy != null) {
            proxy.close();
        }
        dns.close();
        first.close();
        second.close();
    }

    private ProxyConfig read(String nodes) throws Exception {
        Path file = Files.writeString(directory.resolve("proxy.yaml"), """
                listeners: [{ name: public, address: "127.0.0.1:0" }]
                admin: { address: "127.0.0.1:0" }
                stickiness: { expose-route: true }
                """ + nodes + "\n");
        return ConfigReader.read(file, name -> null).config();
    }

    private void run(String nodes) throws Exception {
        proxy = StickyProxyServer.builder(read(nodes)).build().start();
    }

    private void serve(String... records) throws Exception {
        dns.silence();
        dns.serve(records);
    }

    /** The targets are names that resolve to loopback everywhere; the first label of the second one is its id. */
    private static String record(String id, RawNode node) {
        String target = id.equals("127") ? "127.0.0.1" : id;
        return target + "," + URI.create(node.url()).getPort();
    }

    private List<String> ids() {
        return proxy.router().table().nodes().stream().map(Node::id).toList();
    }

    private RawClient.Answer get(String cookie) throws Exception {
        try (RawClient client = new RawClient(proxy.uri("public"))) {
            return client.get("/cobrowse/x", "Cookie: gcbSessionServer=" + cookie);
        }
    }

    @Test
    void shouldAnswer503UntilANodeIsFoundAndThenFollowTheRecords() throws Exception {
        run(DNS);
        assertThat(get("localhost").status()).isEqualTo(503);
        serve(record("localhost", first));
        await().atMost(SOON).until(() -> ids().equals(List.of("localhost")));
        assertThat(get("localhost").text()).isEqualTo("first");
        serve(record("localhost", first), record("127", second));
        await().atMost(SOON).until(() -> ids().equals(List.of("127", "localhost")));
        assertThat(get("127").text()).isEqualTo("second");
        await().atMost(SOON).until(() -> second.checks() > 0);
    }

    @Test
    void shouldKeepStatesThatPeopleHaveSetAndTheLastKnownNodesWhenTheServerIsSilent() throws Exception {
        dns.silence();
        dns.serve(record("localhost", first), record("127", second));
        run(DNS);
        await().atMost(SOON).until(() -> ids().size() == 2);
        proxy.states().setAdmin("127", NodeState.MAINT);
        serve(record("localhost", first), record("127", second), record("node-3", second));
        await().atMost(SOON).until(() -> ids().size() == 3);
        assertThat(proxy.router().table().state(proxy.router().table().node("127")))
                .isEqualTo(NodeState.MAINT);
        dns.silence();
        assertThat(get("localhost").text()).isEqualTo("first");
    }

    @Test
    void shouldGoFromConfiguredNodesToFoundOnesAtAReloadAndBack() throws Exception {
        dns.silence();
        dns.serve(record("127", second));
        String configured = "nodes: [{ id: node-1, url: \"" + first.url() + "\" }]";
        run(configured);
        proxy.reload(read(DNS));
        await().atMost(SOON).until(() -> ids().equals(List.of("127")));
        proxy.reload(read(DNS + "\nhealth: { interval: 1s }"));
        assertThat(ids()).containsExactly("127");
        proxy.reload(read(configured));
        assertThat(ids()).containsExactly("node-1");
        assertThat(get("node-1").text()).isEqualTo("first");
    }

    @Test
    void shouldPreviewThatFoundNodesGoWhereOthersAreConfigured() throws Exception {
        dns.silence();
        dns.serve(record("localhost", first), record("127", second));
        run(DNS);
        await().atMost(SOON).until(() -> ids().size() == 2);
        String yaml = EffectiveConfig.toYaml(read("nodes: [{ id: localhost, url: \"http://localhost:"
                + URI.create(first.url()).getPort() + "\" }]"));
        ObjectMapper json = new ObjectMapper();
        String body = json.createObjectNode().put("config", yaml).toString();
        try (RawClient admin = new RawClient(proxy.adminUri())) {
            admin.send(
                    "POST /api/preview HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                            + body.length() + "\r\n\r\n" + body);
            JsonNode preview = json.readTree(admin.answer().text());
            assertThat(preview.get("added")).isEmpty();
            assertThat(preview.get("removed")).hasSize(1);
            assertThat(preview.at("/removed/0/id").asText()).isEqualTo("127");
            assertThat(preview.get("sections")).extracting(JsonNode::asText).containsExactly("discovery");
        }
    }
}

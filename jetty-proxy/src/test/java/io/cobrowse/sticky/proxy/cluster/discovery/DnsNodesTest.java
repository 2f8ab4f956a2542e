package io.cobrowse.sticky.proxy.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.SimpleResolver;

/** Runs against dnsmasq, which .ci/install-dns installs. */
class DnsNodesTest {
    private final List<List<FoundNode>> found = new CopyOnWriteArrayList<>();
    private final DnsServer server = new DnsServer();
    private DnsNodes nodes;

    @BeforeAll
    static void needDnsmasq() {
        DnsServer.assumeInstalled();
    }

    @AfterEach
    void stop() throws Exception {
        if (nodes != null) {
            nodes.close();
        }
        server.close();
    }

    @Test
    void shouldFindNodesWithTheirWeightsAndBackups() throws Exception {
        server.serve("node-1.example.com,8700,10,5", "node-2.example.com,8701,10,0", "spare.example.com,80,20,1000");
        start();
        awaitNodes(
                node("node-1", "http://node-1.example.com:8700", 5, false),
                node("node-2", "http://node-2.example.com:8701", 1, false),
                node("spare", "http://spare.example.com:80", 256, true));
    }

    @Test
    void shouldFollowChanges() throws Exception {
        server.serve("node-1.example.com,8700");
        start();
        awaitNodes(node("node-1", "http://node-1.example.com:8700", 1, false));
        server.silence();
        server.serve("node-1.example.com,8700", "node-2.example.com,8700");
        awaitNodes(
                node("node-1", "http://node-1.example.com:8700", 1, false),
                node("node-2", "http://node-2.example.com:8700", 1, false));
        assertThat(found).hasSize(2); // Unchanged results were not passed on.
    }

    @Test
    void shouldKeepTheLastKnownNodesWhenTheServerIsSilentAndWhenItKnowsNone() throws Exception {
        server.serve("node-1.example.com,8700");
        start();
        awaitNodes(node("node-1", "http://node-1.example.com:8700", 1, false));
        server.silence();
        server.serve(); // It has queried a missing server several times, and now one without the name.
        server.awaitAnswer(Lookup.HOST_NOT_FOUND, Lookup.TYPE_NOT_FOUND);
        server.silence();
        server.serve("node-2.example.com,8700");
        awaitNodes(node("node-2", "http://node-2.example.com:8700", 1, false));
        assertThat(found).hasSize(2);
    }

    @Test
    void shouldFindMoreNodesThanADatagramHolds() throws Exception {
        server.serve(IntStream.range(100, 200)
                .mapToObj(i -> "a-long-name-of-node-" + i + ".example.com,8700")
                .toArray(String[]::new));
        start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !found.isEmpty());
        assertThat(found.get(0)).hasSize(100);
    }

    @Test
    void shouldLeaveOutWhatCannotBeANode() throws Exception {
        String longLabel = "a".repeat(63);
        server.serve(longLabel + ".example.com,8700", "node_1.example.com,8700", "a.one.example,1", "a.two.example,1");
        start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !found.isEmpty());
        assertThat(found.get(0)).extracting(FoundNode::id).contains(longLabel).doesNotHaveDuplicates();
    }

    @Test
    void shouldRefuseWhatIsNoName() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DnsNodes("a..b", Duration.ofSeconds(1), new SimpleResolver("127.0.0.1")))
                .withMessage("\"a..b\": allowed is a domain name");
    }

    private void start() throws Exception {
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(server.port());
        nodes = new DnsNodes(DnsServer.NAME + ".", Duration.ofMillis(50), resolver);
        nodes.start(found::add);
    }

    private void awaitNodes(FoundNode... expected) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(found)
                        .isNotEmpty()
                        .last()
                        .asInstanceOf(InstanceOfAssertFactories.LIST)
                        .containsExactly((Object[]) expected));
    }

    private static FoundNode node(String id, String url, int weight, boolean backup) {
        return new FoundNode(id, URI.create(url), weight, backup, false);
    }
}

package io.cobrowse.sticky.proxy.cluster.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Against dnsmasq, which .ci/install-dns installs. */
class DnsNodesTest {
    private static final Path DNSMASQ = Path.of("/usr/sbin/dnsmasq");
    private static final String NAME = "_cobrowse._tcp.example.com.";

    private final List<List<FoundNode>> found = new CopyOnWriteArrayList<>();
    private Process server;
    private int port;
    private DnsNodes nodes;

    @BeforeAll
    static void needDnsmasq() {
        assumeThat(DNSMASQ).as("a name server: apt-get install dnsmasq-base").isExecutable();
    }

    @AfterEach
    void stop() throws Exception {
        if (nodes != null) {
            nodes.close();
        }
        silence();
    }

    @Test
    void shouldFindNodesWithTheirWeightsAndBackups() throws Exception {
        serve("node-1.example.com,8700,10,5", "node-2.example.com,8701,10,0", "spare.example.com,80,20,1000");
        start();
        awaitNodes(
                node("node-1", "http://node-1.example.com:8700", 5, false),
                node("node-2", "http://node-2.example.com:8701", 1, false),
                node("spare", "http://spare.example.com:80", 256, true));
    }

    @Test
    void shouldFollowChanges() throws Exception {
        serve("node-1.example.com,8700");
        start();
        awaitNodes(node("node-1", "http://node-1.example.com:8700", 1, false));
        silence();
        serve("node-1.example.com,8700", "node-2.example.com,8700");
        awaitNodes(
                node("node-1", "http://node-1.example.com:8700", 1, false),
                node("node-2", "http://node-2.example.com:8700", 1, false));
        assertThat(found).hasSize(2); // What did not change was not handed on.
    }

    @Test
    void shouldKeepTheLastKnownNodesWhenTheServerIsSilentAndWhenItKnowsNone() throws Exception {
        serve("node-1.example.com,8700");
        start();
        awaitNodes(node("node-1", "http://node-1.example.com:8700", 1, false));
        silence();
        serve(); // Has looked again and again at a server that was not there, and now at one without the name.
        awaitAnswer(Lookup.HOST_NOT_FOUND, Lookup.TYPE_NOT_FOUND);
        silence();
        serve("node-2.example.com,8700");
        awaitNodes(node("node-2", "http://node-2.example.com:8700", 1, false));
        assertThat(found).hasSize(2);
    }

    @Test
    void shouldFindMoreNodesThanADatagramHolds() throws Exception {
        serve(IntStream.range(100, 200)
                .mapToObj(i -> "a-long-name-of-node-" + i + ".example.com,8700")
                .toArray(String[]::new));
        start();
        await().atMost(Duration.ofSeconds(60)).until(() -> !found.isEmpty());
        assertThat(found.get(0)).hasSize(100);
    }

    @Test
    void shouldLeaveOutWhatCannotBeANode() throws Exception {
        String longLabel = "a".repeat(63);
        serve(longLabel + ".example.com,8700", "node_1.example.com,8700", "a.one.example,1", "a.two.example,1");
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
        resolver.setPort(port);
        nodes = new DnsNodes(NAME, Duration.ofMillis(50), resolver);
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

    /** Waits until the server, asked by somebody else, gives one of these results. */
    private void awaitAnswer(Integer... results) {
        await().atMost(Duration.ofSeconds(60)).until(() -> List.of(results).contains(ask()));
    }

    private int ask() throws Exception {
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(port);
        resolver.setTimeout(Duration.ofSeconds(1));
        Lookup lookup = new Lookup(Name.fromString(NAME), Type.SRV);
        lookup.setResolver(resolver);
        lookup.setCache(null);
        lookup.run();
        return lookup.getResult();
    }

    /** Starts the server, on the port that it had before, with these records. */
    private void serve(String... records) throws Exception {
        boolean first = port == 0;
        // Somebody else may take a port that is free now before the server does.
        await().atMost(Duration.ofSeconds(60)).until(() -> {
            if (first) {
                try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                    port = free.getLocalPort();
                }
            }
            begin(records);
            return answers();
        });
    }

    /** Returns whether the server answers, rather than has ended. */
    private boolean answers() throws Exception {
        while (server.isAlive()) {
            if (ask() != Lookup.TRY_AGAIN) {
                return server.isAlive();
            }
        }
        return false;
    }

    private void begin(String... records) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                DNSMASQ.toString(),
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--port=" + port,
                "--listen-address=127.0.0.1",
                "--bind-interfaces",
                "--no-resolv",
                "--no-hosts",
                "--local=/example.com/",
                "--pid-file=",
                "--user="));
        for (String record : records) {
            command.add("--srv-host=" + NAME.substring(0, NAME.length() - 1) + "," + record);
        }
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private void silence() throws Exception {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
    }
}

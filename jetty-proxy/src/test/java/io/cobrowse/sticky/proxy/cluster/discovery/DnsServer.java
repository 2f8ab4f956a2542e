package io.cobrowse.sticky.proxy.cluster.discovery;

import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.Name;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** dnsmasq, which .ci/install-dns installs, with SRV records of one name. */
public final class DnsServer implements AutoCloseable {
    /** The name that it knows. */
    public static final String NAME = "_cobrowse._tcp.example.com";

    private static final Path DNSMASQ = Path.of("/usr/sbin/dnsmasq");
    private static final Duration SOON = Duration.ofSeconds(60);

    private Process server;
    private int port;

    public static void assumeInstalled() {
        assumeThat(DNSMASQ).as("a name server: apt-get install dnsmasq-base").isExecutable();
    }

    public int port() {
        return port;
    }

    /** Starts the server on the same port as before, with these records, each {@code host,port[,priority[,weight]]}. */
    public void serve(String... records) {
        boolean first = port == 0;
        // Somebody else may take a port that is free now before the server does.
        await().atMost(SOON).until(() -> {
            if (first) {
                try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
                    port = free.getLocalPort();
                }
            }
            begin(records);
            return answers();
        });
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
            command.add("--srv-host=" + NAME + "," + record);
        }
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Returns whether the server answers; false if it has ended. */
    private boolean answers() throws Exception {
        while (server.isAlive()) {
            if (ask() != Lookup.TRY_AGAIN) {
                return server.isAlive();
            }
        }
        return false;
    }

    /** Waits until the server returns one of these results, when the test itself queries it. */
    void awaitAnswer(Integer... results) {
        await().atMost(SOON).until(() -> List.of(results).contains(ask()));
    }

    private int ask() throws Exception {
        SimpleResolver resolver = new SimpleResolver("127.0.0.1");
        resolver.setPort(port);
        resolver.setTimeout(Duration.ofSeconds(1));
        Lookup lookup = new Lookup(Name.fromString(NAME + "."), Type.SRV);
        lookup.setResolver(resolver);
        lookup.setCache(null);
        lookup.run();
        return lookup.getResult();
    }

    /** Ends the server. */
    public void silence() throws InterruptedException {
        if (server != null) {
            server.destroy();
            server.waitFor();
        }
    }

    @Override
    public void close() throws InterruptedException {
        silence();
    }
}

package io.cobrowse.load.cluster;

import io.cobrowse.measuring.Cores;
import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.ServerProcess;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Reference nodes and a proxy as processes of this machine, on free ports. Node {@code i} has the name {@code node-i}
 * and the URL id {@code i}. Not thread-safe.
 */
public final class LocalCluster implements AutoCloseable {
    private static final String LOCALHOST = "127.0.0.1";

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final Layout layout;
    private final Jars jars;
    private final Path directory;
    private final List<Integer> nodePorts;
    private final int proxyPort;
    private final int adminPort;
    private final List<ServerProcess> nodes = new ArrayList<>();
    private @Nullable ServerProcess proxy;

    private LocalCluster(Layout layout, Jars jars, Path directory) throws IOException {
        this.layout = layout;
        this.jars = jars;
        this.directory = directory;
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < layout.nodes(); i++) {
            ports.add(port(layout.ports().node() == 0 ? 0 : layout.ports().node() + i));
        }
        this.nodePorts = List.copyOf(ports);
        this.proxyPort = port(layout.ports().proxy());
        this.adminPort = port(layout.ports().admin());
    }

    /** Returns the port, or a free one for 0. Fails for a port in use before anything is started. */
    private static int port(int wanted) throws IOException {
        if (wanted == 0) {
            return ServerProcess.freePort();
        }
        try (ServerSocket socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (BindException used) {
            throw new IOException("Port " + wanted + " of " + LOCALHOST + " is in use", used);
        }
    }

    /**
     * Starts everything, and waits until it serves.
     *
     * @param directory the directory for configuration and logs
     */
    public static LocalCluster start(Layout layout, Jars jars, Path directory)
            throws IOException, InterruptedException {
        LocalCluster cluster = new LocalCluster(layout, jars, Files.createDirectories(directory));
        try {
            cluster.start();
        } catch (IOException | InterruptedException failure) {
            cluster.close();
            throw failure;
        }
        return cluster;
    }

    private void start() throws IOException, InterruptedException {
        for (int i = 1; i <= layout.nodes(); i++) {
            nodes.add(new ServerProcess("node-" + i, nodeCommand(i), directory));
        }
        Path config = Files.writeString(directory.resolve("proxy.yaml"), proxyConfig());
        List<String> command = java(jars.proxy(), jars.proxyOptions(), layout.proxyProcessors());
        command.addAll(List.of("run", "--config", config.toString()));
        proxy = new ServerProcess("proxy", command, directory);
        for (int i = 0; i < nodes.size(); i++) {
            await(nodes.get(i), node(i + 1).resolve("/cobrowse/health"));
        }
        await(proxy, URI.create(admin() + "/readyz"));
    }

    private List<String> nodeCommand(int number) {
        List<String> command = java(jars.node(), jars.nodeOptions(), layout.nodeProcessors());
        command.addAll(List.of(
                "node",
                "--name",
                "node-" + number,
                "--port",
                Integer.toString(nodePorts.get(number - 1)),
                "--server-url",
                target() + "?co-browse-node-id=" + number));
        String peers = IntStream.rangeClosed(1, layout.nodes())
                .filter(other -> other != number)
                .mapToObj(other -> node(other).toString())
                .collect(Collectors.joining(","));
        if (!peers.isEmpty()) {
            command.addAll(List.of("--peers", peers));
        }
        return command;
    }

    private List<String> java(Path jar, String options, String processors) {
        List<String> command = new ArrayList<>();
        command.add(JavaProcess.java());
        command.addAll(Arrays.asList(options.trim().split("\\s+", -1)));
        command.addAll(List.of("-jar", jar.toString()));
        return new ArrayList<>(Cores.confine(processors, command));
    }

    private String proxyConfig() {
        StringBuilder yaml = new StringBuilder("""
                listeners:
                  - name: public
                    address: %1$s:%2$d
                    limits: { connections-per-client: 0 }
                admin:
                  address: %1$s:%3$d
                stickiness:
                  expose-route: true
                timeouts:
                  drain: 1s
                """.formatted(LOCALHOST, proxyPort, adminPort));
        yaml.append("nodes:\n");
        for (int i = 1; i <= layout.nodes(); i++) {
            yaml.append("  - { id: \"%1$d\", cookie: node-%1$d, url: \"http://%2$s:%3$d\" }%n"
                    .formatted(i, LOCALHOST, nodePorts.get(i - 1)));
        }
        return yaml.toString();
    }

    private void await(ServerProcess server, URI url) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(2)).build();
        server.await("serve " + url, () -> answersOk(request));
    }

    private boolean answersOk(HttpRequest request) throws InterruptedException {
        try {
            return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Returns the proxy's URL for clients. */
    public URI target() {
        return URI.create("http://" + LOCALHOST + ":" + proxyPort);
    }

    /** Returns the URL of a node without the proxy, by its number from 1. */
    public URI node(int number) {
        return URI.create("http://" + LOCALHOST + ":" + nodePorts.get(number - 1));
    }

    /**
     * Moves the nodes to other processors.
     *
     * @throws IOException if this is not possible
     */
    public void confineNodes(String processors) throws IOException {
        for (ServerProcess node : nodes) {
            Cores.confine(node.figures().pid(), processors);
        }
    }

    /**
     * Moves the proxy to other processors.
     *
     * @throws IOException if this is not possible
     */
    public void confineProxy(String processors) throws IOException {
        Cores.confine(Objects.requireNonNull(proxy, "proxy").figures().pid(), processors);
    }

    /** Returns the URL of the proxy's admin listener. */
    public URI admin() {
        return URI.create("http://" + LOCALHOST + ":" + adminPort);
    }

    /** Returns the processes, nodes first, including those that have ended. */
    public List<ServerProcess> processes() {
        List<ServerProcess> all = new ArrayList<>(nodes);
        if (proxy != null) {
            all.add(proxy);
        }
        return all;
    }

    /** Returns the number of nodes. */
    public int nodes() {
        return nodes.size();
    }

    /** Kills a node, by its number from 1. */
    public void kill(int node) {
        nodes.get(node - 1).kill();
    }

    /**
     * Puts a node into drain at the proxy.
     *
     * @param node its number, from 1
     * @throws IOException if the proxy does not do so
     */
    public void drain(int node) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(admin() + "/api/nodes/" + node + "/state"))
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString("{\"state\":\"drain\"}"))
                .build();
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    "The proxy does not drain node " + node + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** Returns the counts of a node as JSON: sessions, foreign requests, unknown clients; empty if the node is gone. */
    public String stats(int node) throws InterruptedException {
        URI url = node(node).resolve("/cobrowse/internal/stats");
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(url).timeout(Duration.ofSeconds(5)).build();
            return http.send(request, BodyHandlers.ofString()).body();
        } catch (IOException gone) {
            return "";
        }
    }

    /** Stops everything. */
    @Override
    public void close() {
        if (proxy != null) {
            proxy.close();
        }
        nodes.forEach(ServerProcess::close);
    }
}

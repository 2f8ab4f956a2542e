package io.cobrowse.node.demo;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the demo runs and where. Node {@code i} has the name {@code node-i}, the URL id {@code i} and the port
 * {@code nodePort + i - 1}. Immutable.
 *
 * @param nodes 1 to 32
 * @param port the proxy's port; all ports are different, and all except the last are 1 to 65535
 * @param adminPort the port of the proxy's admin listener, on loopback
 * @param nodePort the first node's port
 * @param controlPort the port of the demo's control page, on loopback; 0 takes a free one
 * @param traffic how many simulated pairs of a customer and an agent share sessions at any time, 0 to 100
 * @param proxyJar the proxy's runnable jar
 */
public record DemoOptions(
        int nodes, int port, int adminPort, int nodePort, int controlPort, int traffic, Path proxyJar) {
    private static final int MAX_NODES = 32;
    private static final int MAX_TRAFFIC = 100;

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException if one is out of range, two ports are the same or the jar is missing
     */
    public DemoOptions {
        if (nodes < 1 || nodes > MAX_NODES) {
            throw new IllegalArgumentException("--nodes: " + nodes + " is not within 1 to " + MAX_NODES + ".");
        }
        int lastNodePort = nodePort + nodes - 1;
        checkPort("--port", port);
        checkPort("--admin-port", adminPort);
        checkPort("--node-port", nodePort);
        checkPort("--node-port, the last node's", lastNodePort);
        if (port == adminPort || within(port, nodePort, lastNodePort) || within(adminPort, nodePort, lastNodePort)) {
            throw new IllegalArgumentException("--port " + port + ", --admin-port " + adminPort
                    + " and the nodes' ports " + nodePort + " to " + lastNodePort + " overlap.");
        }
        if (controlPort != 0) {
            checkPort("--control-port", controlPort);
            if (controlPort == port || controlPort == adminPort || within(controlPort, nodePort, lastNodePort)) {
                throw new IllegalArgumentException("--control-port " + controlPort + " is another one's port.");
            }
        }
        if (traffic < 0 || traffic > MAX_TRAFFIC) {
            throw new IllegalArgumentException("--traffic: " + traffic + " is not within 0 to " + MAX_TRAFFIC + ".");
        }
        if (!Files.isRegularFile(proxyJar)) {
            throw new IllegalArgumentException("--proxy-jar: there is no file " + proxyJar + ".");
        }
    }

    String name(int node) {
        return "node-" + node;
    }

    int port(int node) {
        return nodePort + node - 1;
    }

    /** Returns whether there is a node with this number. */
    boolean hasNode(int node) {
        return node >= 1 && node <= nodes;
    }

    /** Returns the proxy's URL for clients. */
    URI proxyUrl() {
        return URI.create("http://localhost:" + port);
    }

    URI adminUrl() {
        return URI.create("http://127.0.0.1:" + adminPort);
    }

    URI nodeUrl(int node) {
        return URI.create("http://127.0.0.1:" + port(node));
    }

    /** Returns the URL of the customer's or the agent's page. */
    URI page(String file) {
        return proxyUrl().resolve("/cobrowse/demo/" + file);
    }

    /** Returns the public URL of a node behind the proxy. */
    URI serverUrl(int node) {
        return URI.create(proxyUrl() + "?co-browse-node-id=" + node);
    }

    private static void checkPort(String option, int port) {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException(option + ": " + port + " is not within 1 to 65535.");
        }
    }

    private static boolean within(int port, int first, int last) {
        return port >= first && port <= last;
    }
}

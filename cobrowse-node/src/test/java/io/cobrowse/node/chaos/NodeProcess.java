package io.cobrowse.node.chaos;

import io.cobrowse.node.cli.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node in a process of its own, which can be killed, stopped, continued, and started again on the same port. */
final class NodeProcess implements AutoCloseable {
    private final int port;
    private final List<String> command;
    private Process process;

    private NodeProcess(int port, String main, List<String> arguments) {
        this.port = port;
        this.command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(arguments);
    }

    /** Starts a reference node. */
    static NodeProcess cobrowse(String name, int port, URI serverUrl, List<String> peers) {
        return new NodeProcess(
                port,
                Main.class.getName(),
                List.of(
                        "node",
                        "--name",
                        name,
                        "--port",
                        "" + port,
                        "--server-url",
                        serverUrl.toString(),
                        "--peers",
                        String.join(",", peers)));
    }

    /** Starts a {@link BadNode}. */
    static NodeProcess bad(int port) {
        return new NodeProcess(port, BadNode.class.getName(), List.of("" + port));
    }

    /** Starts a proxy with a listener on {@code port}, from its configuration file. */
    static NodeProcess proxy(int port, Path config) {
        return new NodeProcess(
                port, io.cobrowse.sticky.proxy.cli.Main.class.getName(), List.of("run", "--config", config.toString()));
    }

    /** Returns free ports. */
    static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    NodeProcess start() throws IOException {
        process = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        // Nobody else ends what is left when the tests themselves are killed off by a signal.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly, "end-node"));
        return this;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    /** Sends {@code SIGKILL} and waits until the process is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            throw new IllegalStateException("The process survives SIGKILL");
        }
    }

    /** Sends a signal, such as {@code STOP}. */
    void signal(String name) throws IOException, InterruptedException {
        int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("kill -" + name + " exits with " + code);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}

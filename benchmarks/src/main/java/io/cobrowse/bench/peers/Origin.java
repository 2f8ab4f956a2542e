package io.cobrowse.bench.peers;

import io.cobrowse.measuring.JavaProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The echo origin as a process; it ends with this JVM, whatever happens. */
final class Origin implements AutoCloseable {
    private final Process process;
    private final List<Integer> ports = new ArrayList<>();

    Origin() throws IOException {
        process = new ProcessBuilder(PeersRun.confine(
                        PeersRun.REST_CORE,
                        List.of(
                                JavaProcess.java(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                EchoOrigin.class.getName())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (int node = 1; node <= Sticky.NODES; node++) {
            String line = output.readLine();
            if (line == null) {
                throw new IOException("The echo origin did not start");
            }
            ports.add(Integer.parseInt(line));
        }
    }

    /** Returns the ports of node-1, node-2 and node-3. */
    List<Integer> ports() {
        return ports;
    }

    /** Answers the requests that are parked. */
    void release() throws IOException {
        Sticky.get(new InetSocketAddress(InetAddress.getLoopbackAddress(), ports.get(0)), "/release", "a=b");
    }

    @Override
    public void close() {
        process.destroy();
    }
}

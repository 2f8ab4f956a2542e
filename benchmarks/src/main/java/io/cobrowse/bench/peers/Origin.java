package io.cobrowse.bench.peers;

import io.cobrowse.bench.machine.Cores;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The echo origin as a process; it ends with this JVM, whatever happens. */
final class Origin implements AutoCloseable {
    private final Process process;
    private final int port;

    Origin(Cores cores) throws IOException {
        process = new ProcessBuilder(cores.pin(
                        PeersRun.REST_CORE,
                        List.of(
                                OwnProxy.java(),
                                "-Xmx128m",
                                "-XX:+UseSerialGC",
                                "-cp",
                                System.getProperty("java.class.path"),
                                EchoOrigin.class.getName())))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        if (line == null) {
            throw new IOException("The echo origin did not start");
        }
        port = Integer.parseInt(line);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroy();
    }
}

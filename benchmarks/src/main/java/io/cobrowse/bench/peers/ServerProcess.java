package io.cobrowse.bench.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server that runs as a process until this is closed. Its output goes to a file, of which errors show the end. */
final class ServerProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final int LOG_CHARS = 600;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread killer = new Thread(this::kill);
    private final InetSocketAddress address;

    /** Starts a process and waits until it listens. */
    ServerProcess(String name, List<String> command, Path directory, int port)
            throws IOException, InterruptedException {
        this.name = name;
        this.log = directory.resolve(name + ".log");
        this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        // Also where this JVM is told to stop in the middle of a round.
        Runtime.getRuntime().addShutdownHook(killer);
        try {
            awaitListening();
        } catch (IOException | InterruptedException failure) {
            close();
            throw failure;
        }
    }

    private void awaitListening() throws IOException, InterruptedException {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (!listens()) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " ended with " + process.exitValue() + ": " + logEnd());
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        name + " does not listen after " + START_PATIENCE.toSeconds() + " s: " + logEnd());
            }
        }
    }

    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(address, 1000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    private String logEnd() throws IOException {
        String all = Files.readString(log);
        return all.substring(Math.max(0, all.length() - LOG_CHARS)).trim();
    }

    InetSocketAddress address() {
        return address;
    }

    long pid() {
        return process.pid();
    }

    ProcessFigures figures() {
        return new ProcessFigures(process.toHandle());
    }

    /** Stops it gracefully, or by force when that takes too long or this thread is interrupted. */
    @Override
    public void close() {
        process.destroy();
        boolean stopped = false;
        try {
            stopped = process.waitFor(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!stopped) {
            kill();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException shuttingDown) {
            kill();
        }
    }

    private void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}

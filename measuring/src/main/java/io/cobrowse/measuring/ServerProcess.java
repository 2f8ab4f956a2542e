package io.cobrowse.measuring;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A server that runs as a process until this is closed or this JVM ends. Its output goes to a file, and errors quote
 * the end of it. Not thread-safe.
 */
public final class ServerProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofSeconds(60);
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final int LOG_CHARS = 600;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread killer = new Thread(this::kill);

    /**
     * Starts a process.
     *
     * @param directory where its output is written, to a file named after the process
     */
    public ServerProcess(String name, List<String> command, Path directory) throws IOException {
        this.name = name;
        this.log = directory.resolve(name + ".log");
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            Runtime.getRuntime().addShutdownHook(killer);
        } catch (IllegalStateException shuttingDown) {
            kill();
            throw new IOException(name + " is not started, as this process is told to stop", shuttingDown);
        }
    }

    /** Returns a loopback port that was free a moment ago. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Checks once whether a started process serves by now. */
    public interface Look {
        boolean serves() throws InterruptedException;
    }

    /**
     * Waits until the process listens.
     *
     * @throws IOException if it ends instead, with the end of its output, or takes longer than a minute
     */
    public void awaitListening(InetSocketAddress address) throws IOException, InterruptedException {
        await("listen", () -> listens(address));
    }

    /**
     * Waits until a check says that the process serves.
     *
     * @param what what is waited for, in words that follow "does not"
     * @throws IOException if it ends instead, with the end of its output, or takes longer than a minute
     */
    public void await(String what, Look look) throws IOException, InterruptedException {
        long end = System.nanoTime() + START_PATIENCE.toNanos();
        while (!look.serves()) {
            if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
                throw new IOException(name + " ended with " + process.exitValue() + ": " + logEnd());
            }
            if (System.nanoTime() - end > 0) {
                throw new IOException(
                        name + " does not " + what + " after " + START_PATIENCE.toSeconds() + " s: " + logEnd());
            }
        }
    }

    private static boolean listens(InetSocketAddress address) {
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

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean alive() {
        return process.isAlive();
    }

    public ProcessFigures figures() {
        return new ProcessFigures(process.toHandle());
    }

    /** Kills the process at once, as a crash would, with everything that it has started. */
    public void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Stops the process gracefully, or by force if that takes too long or this thread is interrupted. */
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
}

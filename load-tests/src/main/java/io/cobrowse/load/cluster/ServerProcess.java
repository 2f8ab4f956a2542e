package io.cobrowse.load.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node or a proxy that runs as a process until this is closed, or this JVM ends. Its output goes to a file. */
public final class ServerProcess implements AutoCloseable {
    private static final Duration STOP_PATIENCE = Duration.ofSeconds(3);
    private static final int LOG_CHARS = 600;

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread killer;

    ServerProcess(String name, List<String> command, Path directory) throws IOException {
        this.name = name;
        this.log = directory.resolve(name + ".log");
        this.process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        this.killer = new Thread(process::destroyForcibly, "kill " + name);
        Runtime.getRuntime().addShutdownHook(killer);
    }

    public String name() {
        return name;
    }

    public boolean alive() {
        return process.isAlive();
    }

    public ProcessFigures figures() {
        return new ProcessFigures(process.pid());
    }

    /** Ends it at once, as a crash would. */
    public void kill() {
        process.destroyForcibly();
    }

    /** Says how the process ended, with the end of its output. */
    String obituary() throws IOException {
        String all = Files.readString(log);
        return name + " ended with " + process.exitValue() + ": "
                + all.substring(Math.max(0, all.length() - LOG_CHARS)).trim();
    }

    /** Stops it gracefully, or by force when that takes too long. */
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
            process.destroyForcibly();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(killer);
        } catch (IllegalStateException ending) {
            // The hook runs already, and does no harm.
        }
    }
}

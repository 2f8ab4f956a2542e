package io.cobrowse.node.demo;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The proxy as its own process, with its output in a log file. */
final class ProxyProcess implements AutoCloseable {
    private static final Duration START_LIMIT = Duration.ofSeconds(30);
    private static final long POLL_MILLIS = 100;
    private static final long STOP_LIMIT_SECONDS = 10;
    private static final int OBITUARY_LINES = 20;

    private final Process process;
    private final Path log;

    private ProxyProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    static ProxyProcess start(Path jar, Path config, Path log) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        Process process = new ProcessBuilder(
                        java.toString(), "-jar", jar.toString(), "run", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        return new ProxyProcess(process, log);
    }

    Path log() {
        return log;
    }

    /** Completes when the process has ended. */
    CompletableFuture<Process> exit() {
        return process.onExit();
    }

    /**
     * Waits until the proxy is ready.
     *
     * @param stopped ends the wait
     * @return false if the process has ended or the wait was stopped
     * @throws IOException if it is not ready in time
     */
    boolean awaitReady(URI readyz, CompletableFuture<?> stopped) throws IOException, InterruptedException {
        HttpClient client =
                HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
        HttpRequest request =
                HttpRequest.newBuilder(readyz).timeout(Duration.ofSeconds(2)).build();
        long deadline = System.nanoTime() + START_LIMIT.toNanos();
        while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS) && !stopped.isDone()) {
            if (answersOk(client, request)) {
                return true;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IOException("The proxy is not ready after " + START_LIMIT.toSeconds() + " s; see " + log);
            }
        }
        return false;
    }

    /** Returns how the process ended, with the end of its log. */
    String obituary() throws IOException {
        List<String> lines = Files.readAllLines(log);
        String end = String.join("\n", lines.subList(Math.max(0, lines.size() - OBITUARY_LINES), lines.size()));
        return "The proxy died with exit code " + process.exitValue() + ". The end of " + log + ":\n" + end;
    }

    /** Stops the process with SIGTERM or, if that takes too long, with SIGKILL. */
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean answersOk(HttpClient client, HttpRequest request) throws InterruptedException {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}

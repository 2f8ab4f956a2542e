package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PipedReader;
import java.io.PipedWriter;
import java.io.PrintWriter;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * Goes once through a start, up to the first request. Meanwhile the launcher makes the JVM record the loaded classes,
 * so that later starts are faster. The admin listener of another proxy serves as the node, so nothing else is needed.
 */
@Command(
        name = "prepare",
        description = "Makes later starts of this installation faster; run it again after each change of Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PrepareCommand implements Callable<Integer> {
    private static final String YAML = """
            listeners: [{name: public, address: "127.0.0.1:0"}]
            admin: {address: "127.0.0.1:0"}
            health: {path: /livez}
            timeouts: {drain: 0s}
            nodes: [{id: 1, url: "http://127.0.0.1:%d"}]
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailedException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (StickyProxyServer node = node()) {
            Path file = write(node.adminUri().getPort());
            try {
                runAndAsk(file, thread);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        } catch (ExecutionException e) {
            throw new CommandFailedException(String.valueOf(e.getCause()), e);
        } finally {
            thread.shutdownNow();
        }
        spec.commandLine().getOut().println("Prepared: later starts are faster.");
        return ExitCode.OK;
    }

    /**
     * Runs a proxy as {@link Main} does, so that the same classes are loaded, and sends a request to the address that
     * it prints.
     */
    private static void runAndAsk(Path file, ExecutorService thread)
            throws IOException, InterruptedException, ExecutionException, CommandFailedException {
        PipedReader printed = new PipedReader();
        PrintWriter out = new PrintWriter(new PipedWriter(printed), true);
        CountDownLatch stop = new CountDownLatch(1);
        Future<?> proxy = thread.submit(() -> {
            try (out) {
                RunCommand.run(file, out, stop);
            }
            return null;
        });
        String line = new BufferedReader(printed).readLine();
        if (line != null) { // Otherwise the start has failed, which proxy.get() reports.
            request(URI.create(line.split(" ", 3)[1]).resolve("/livez"));
        }
        stop.countDown();
        proxy.get();
    }

    private static void request(URI uri) throws IOException, CommandFailedException {
        HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
        request.setRequestProperty("Cookie", "gcbSessionServer=1");
        int status = request.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            throw new CommandFailedException("The proxy answered the request with " + status);
        }
    }

    private static StickyProxyServer node() throws IOException, ConfigException {
        Path file = write(1);
        try {
            return StickyProxyServer.builder(ConfigOption.read(file).config())
                    .build()
                    .start();
        } finally {
            Files.delete(file);
        }
    }

    private static Path write(int nodePort) throws IOException {
        return Files.writeString(Files.createTempFile("cobrowse-proxy", ".yaml"), YAML.formatted(nodePort));
    }
}

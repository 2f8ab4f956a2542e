package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
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
 * Does once what a start does, up to the first request: the launcher has the JVM write down which classes that took, and
 * later starts need not look for them again. The node is the admin listener of another proxy, so nothing else is needed.
 */
@Command(
        name = "prepare",
        description = "Makes later starts of this installation faster; run it again after each change of Java.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class PrepareCommand implements Callable<Integer> {
    private static final String YAML = """
            listeners: [{name: public, address: "127.0.0.1:%d"}]
            admin: {address: "127.0.0.1:0"}
            health: {path: /livez}
            timeouts: {drain: 0s}
            nodes: [{id: 1, url: "http://127.0.0.1:%d"}]
            """;

    private static final long PAUSE_MILLIS = 10;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailedException, InterruptedException {
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (StickyProxyServer node = node()) {
            int port = freePort();
            Path file = write(port, node.adminUri().getPort());
            CountDownLatch stop = new CountDownLatch(1);
            // Just as Main has it run, so that the same classes are loaded.
            Future<?> proxy = thread.submit(() -> {
                RunCommand.run(file, new PrintWriter(Writer.nullWriter()), stop);
                return null;
            });
            request(URI.create("http://127.0.0.1:" + port + "/livez"), proxy);
            stop.countDown();
            proxy.get();
            Files.delete(file);
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

    private static void request(URI uri, Future<?> proxy)
            throws IOException, InterruptedException, CommandFailedException {
        while (true) {
            try {
                HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
                request.setRequestProperty("Cookie", "gcbSessionServer=1");
                int status = request.getResponseCode();
                if (status != HttpURLConnection.HTTP_OK) {
                    throw new CommandFailedException("The request was answered with " + status);
                }
                return;
            } catch (ConnectException notYet) {
                if (proxy.isDone()) {
                    return; // With an error, which is told where the result is asked for.
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return taken.getLocalPort();
        }
    }

    private static StickyProxyServer node() throws IOException, ConfigException {
        Path file = write(0, 1);
        try {
            return StickyProxyServer.builder(ConfigOption.read(file).config())
                    .build()
                    .start();
        } finally {
            Files.delete(file);
        }
    }

    private static Path write(int port, int nodePort) throws IOException {
        return Files.writeString(Files.createTempFile("cobrowse-proxy", ".yaml"), YAML.formatted(port, nodePort));
    }
}

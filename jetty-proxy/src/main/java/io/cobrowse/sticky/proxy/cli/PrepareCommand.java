package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.StickyProxyServerBuilder;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
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
        description = "Makes later starts of this installation faster; to be called anew when Java has changed.",
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
    public Integer call() throws ConfigException, CommandFailedException {
        try (StickyProxyServer node = proxy(1).build().start();
                StickyProxyServer proxy =
                        proxy(node.adminUri().getPort()).build().start()) {
            URI uri = proxy.uri("public").resolve("/livez");
            HttpURLConnection request = (HttpURLConnection) uri.toURL().openConnection();
            request.setRequestProperty("Cookie", "gcbSessionServer=1");
            int status = request.getResponseCode();
            if (status != HttpURLConnection.HTTP_OK) {
                throw new CommandFailedException("The request was answered with " + status);
            }
        } catch (IOException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
        spec.commandLine().getOut().println("Prepared: later starts are faster.");
        return ExitCode.OK;
    }

    private static StickyProxyServerBuilder proxy(int nodePort) throws IOException, ConfigException {
        Path file = Files.createTempFile("cobrowse-proxy", ".yaml");
        try {
            Files.writeString(file, YAML.formatted(nodePort));
            return StickyProxyServer.builder(
                    ConfigReader.read(file, System::getenv).config());
        } finally {
            Files.delete(file);
        }
    }
}

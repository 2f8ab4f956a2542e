package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
        name = "run",
        description = "Runs the proxy until SIGTERM or SIGINT, and then stops it gracefully.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class RunCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailedException, InterruptedException {
        run(config.file(), spec.commandLine().getOut(), new CountDownLatch(1));
        return ExitCode.OK;
    }

    /** Runs the proxy until {@code stop} is counted down, which signals do too. */
    static void run(Path file, PrintWriter out, CountDownLatch stop)
            throws ConfigException, CommandFailedException, InterruptedException {
        ByteBuffer digest = Reloader.digest(file); // Before it is read, so that a change from now on is noticed.
        ConfigReader.Result result = ConfigOption.read(file);
        result.warnings().forEach(LOG::warn);
        Signals.handle("TERM", stop::countDown);
        Signals.handle("INT", stop::countDown);
        Signals.handle("HUP", () -> LOG.info("SIGHUP while starting: nothing to reload yet"));
        try (StickyProxyServer server =
                        StickyProxyServer.builder(result.config()).build().start();
                Reloader reloader = new Reloader(file, digest, server)) {
            Signals.handle("HUP", reloader::reload);
            printListeners(server, result.config(), out);
            ServiceManager.ready();
            stop.await();
            ServiceManager.stopping();
        } catch (IOException e) {
            throw new CommandFailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static void printListeners(StickyProxyServer server, ProxyConfig config, PrintWriter out) {
        int nodes = config.nodes().size();
        String purpose = config.discovery() == null
                ? " to " + nodes + (nodes == 1 ? " node" : " nodes")
                : " to the nodes that are discovered";
        for (ProxyConfig.Listener listener : config.listeners()) {
            printListener(listener.name(), listener.address(), server.uri(listener.name()), purpose, out);
        }
        if (config.admin() != null) {
            printListener("admin", config.admin().address(), server.adminUri(), "", out);
        }
    }

    /**
     * Prints the host as configured, which may stand for all addresses, and the actual port, which may have been chosen
     * by the system.
     */
    private static void printListener(String name, Address address, URI uri, String purpose, PrintWriter out) {
        Address shown = new Address(address.host(), uri.getPort());
        out.println(name + ": " + uri.getScheme() + "://" + shown + purpose);
    }
}

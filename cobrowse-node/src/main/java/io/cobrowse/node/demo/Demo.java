package io.cobrowse.node.demo;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import picocli.CommandLine.Help.Ansi;

/**
 * The demo: starts nodes and the proxy, prints what runs where and what to try, and then prints the sessions' events.
 */
public final class Demo {
    /** Ctrl-C reaches the proxy too. When the proxy ends, the demo's own signal may still be on its way. */
    private static final long SIGNAL_GRACE_MILLIS = 500;

    private final DemoOptions options;
    private final PrintWriter out;
    private final EventLog events;
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();

    /** Prepares a demo that writes to {@code out}, in colour if {@code ansi} allows it. */
    public Demo(DemoOptions options, PrintWriter out, Ansi ansi) {
        this.options = options;
        this.out = out;
        // With simulated pairs, the events of sessions would fill the terminal.
        events = new EventLog(out, ansi, options.traffic() > 0);
    }

    /** Makes {@link #run} stop everything and return. May be called from any thread, and more than once. */
    public void stop() {
        stopped.complete(null);
    }

    /**
     * Runs until {@link #stop} is called.
     *
     * @throws IOException if a port is in use, the proxy does not start or dies
     */
    public void run() throws IOException, InterruptedException {
        requireFree(options.port());
        requireFree(options.adminPort());
        try (DemoNodes nodes = new DemoNodes(options, events);
                ControlServer control = new ControlServer(options, nodes)) {
            say("Starting " + options.nodes() + " nodes and the proxy ...");
            nodes.start();
            control.start();
            runProxy(control);
        }
    }

    private void runProxy(ControlServer control) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("cobrowse-demo-");
        Path accessLog = directory.resolve("access.log");
        Path config = Files.writeString(directory.resolve("proxy.yaml"), ProxyYaml.of(options, accessLog));
        try (ProxyProcess proxy = ProxyProcess.start(options.proxyJar(), config, directory.resolve("proxy.log"))) {
            if (proxy.awaitReady(options.adminUrl().resolve("/readyz"), stopped)) {
                say(Guide.of(options, control.uri(), config, proxy.log(), accessLog));
                awaitEnd(proxy);
            }
            if (!stopRequested()) {
                throw new IOException(proxy.obituary());
            }
            say("Stopping.");
        }
        delete(directory);
    }

    private void awaitEnd(ProxyProcess proxy) throws IOException, InterruptedException {
        CompletableFuture<Object> end = CompletableFuture.anyOf(stopped, proxy.exit());
        if (options.traffic() == 0) {
            await(end);
        } else {
            try (Traffic traffic = new Traffic(options)) {
                await(end);
                say(traffic.toString());
            }
        }
    }

    private boolean stopRequested() throws InterruptedException {
        try {
            stopped.get(SIGNAL_GRACE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException notAsked) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void await(CompletableFuture<?> future) throws InterruptedException {
        try {
            future.get();
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void requireFree(int port) throws IOException {
        try (ServerSocket probe = new ServerSocket(port)) {
            probe.setReuseAddress(true);
        } catch (BindException taken) {
            BindException inUse = new BindException("Port " + port + " is in use.");
            inUse.initCause(taken);
            throw inUse;
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private void say(String text) {
        out.println(text);
        out.flush();
    }
}

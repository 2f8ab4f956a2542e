package io.cobrowse.node.demo;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Help.Ansi;

/** Everything that the demo runs, with a proxy that has the demo's configuration, but in one process. */
final class RunningDemo implements AutoCloseable {
    private final StringWriter log = new StringWriter();
    private final DemoOptions options;
    private final DemoNodes nodes;
    private final ControlServer control;
    private final StickyProxyServer proxy;

    private RunningDemo(Path directory, int traffic) throws Exception {
        int[] ports = Ports.inARow(5);
        Path jar = StandInProxy.jar(directory, StandInProxy.class);
        options = new DemoOptions(3, ports[3], ports[4], ports[0], 0, traffic, jar);
        nodes = new DemoNodes(options, new EventLog(new PrintWriter(log), Ansi.OFF, false));
        nodes.start();
        control = new ControlServer(options, nodes);
        control.start();
        Path config = Files.writeString(directory.resolve("proxy.yaml"), ProxyYaml.of(options, accessLog(directory)));
        proxy = StickyProxyServer.builder(
                        ConfigReader.read(config, variable -> null).config())
                .build()
                .start();
    }

    static RunningDemo start(Path directory) throws Exception {
        return start(directory, 0);
    }

    /** @param traffic the demo's option; the caller starts the pairs itself */
    static RunningDemo start(Path directory, int traffic) throws Exception {
        return new RunningDemo(directory, traffic);
    }

    static Path accessLog(Path directory) {
        return directory.resolve("access.log");
    }

    StickyProxyServer proxy() {
        return proxy;
    }

    DemoOptions options() {
        return options;
    }

    DemoNodes nodes() {
        return nodes;
    }

    URI control() {
        return control.uri();
    }

    /** Returns what the demo has printed about its sessions and nodes. */
    String log() {
        return log.toString();
    }

    @Override
    public void close() {
        proxy.close();
        control.close();
        nodes.close();
    }
}

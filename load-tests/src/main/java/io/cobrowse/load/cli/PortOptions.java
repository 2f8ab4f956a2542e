package io.cobrowse.load.cli;

import io.cobrowse.load.cluster.Layout;
import picocli.CommandLine.Option;

/** The ports of started processes. */
final class PortOptions {
    @Option(names = "--port", paramLabel = "PORT", description = "The port of the started proxy. Default: any free one")
    private int proxy;

    @Option(
            names = "--admin-port",
            paramLabel = "PORT",
            description = "The port of its admin listener. Default: any free one")
    private int admin;

    @Option(
            names = "--node-port",
            paramLabel = "PORT",
            description = "The port of the first started node; the others follow it. Default: any free ones")
    private int node;

    Layout.Ports ports() {
        return new Layout.Ports(proxy, admin, node);
    }
}

package io.cobrowse.load.cli;

import io.cobrowse.load.cluster.Layout;
import picocli.CommandLine.Option;

/** Where started processes listen. */
final class PortOptions {
    @Option(names = "--port", paramLabel = "PORT", description = "Of the proxy that is started. Default: any free one")
    private int proxy;

    @Option(names = "--admin-port", paramLabel = "PORT", description = "Of its admin listener. Default: any free one")
    private int admin;

    @Option(
            names = "--node-port",
            paramLabel = "PORT",
            description =
                    "Of the first node that is started; the others have those that follow. Default: any free ones")
    private int node;

    Layout.Ports ports() {
        return new Layout.Ports(proxy, admin, node);
    }
}

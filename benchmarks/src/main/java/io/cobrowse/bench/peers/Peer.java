package io.cobrowse.bench.peers;

import io.cobrowse.measuring.NotInstalledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A proxy to measure: how it is configured for the sticky rules, and how it is run. */
interface Peer {
    /**
     * Where a proxy stands.
     *
     * @param directory where files may be written
     * @param port where it listens, on the loopback address
     * @param nodePorts the ports of node-1, node-2 and node-3
     * @param connections how many clients' connections there will be at most
     */
    record Place(Path directory, int port, Front front, List<Integer> nodePorts, int connections, Identity identity) {}

    /** The name in reports. */
    String name();

    /**
     * Returns the version installed.
     *
     * @throws NotInstalledException where there is none
     */
    String version() throws IOException;

    /**
     * Writes the configuration: three nodes, {@code node-1} to {@code node-3}, chosen by the query parameter
     * {@link Sticky#PARAMETER}, 1 to 3, and then by the cookie {@link Sticky#COOKIE}.
     *
     * @return the command that runs the proxy in the foreground, to be stopped by SIGTERM
     */
    List<String> configure(Place place) throws IOException;

    /** Returns what is to be said of the version; empty for nothing. */
    default String note() {
        return "";
    }

    /** Returns whether the process is a JVM, which can be asked for a garbage collection. */
    default boolean isJava() {
        return false;
    }

    /** Returns whether it carries WebSockets. */
    default boolean carriesWebSocket() {
        return true;
    }
}

package io.cobrowse.bench.peers;

import io.cobrowse.measuring.NotInstalledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A proxy to measure: how it is configured with the sticky rules, and how it is run. */
interface Peer {
    /**
     * The place of a proxy in a run.
     *
     * @param directory the directory for its files
     * @param port the port that it listens on, on the loopback address
     * @param nodePorts the ports of node-1, node-2 and node-3
     * @param connections the greatest number of clients' connections
     */
    record Place(Path directory, int port, Front front, List<Integer> nodePorts, int connections, Identity identity) {}

    /** Returns the name in reports. */
    String name();

    /**
     * Returns the installed version.
     *
     * @throws NotInstalledException when there is none
     */
    String version() throws IOException;

    /**
     * Writes the configuration with three nodes, {@code node-1} to {@code node-3}, chosen by the query parameter
     * {@link Sticky#PARAMETER}, 1 to 3, and then by the cookie {@link Sticky#COOKIE}.
     *
     * @return the command that runs the proxy in the foreground, to be stopped by SIGTERM
     */
    List<String> configure(Place place) throws IOException;

    /** Returns a remark on the version; empty for none. */
    default String note() {
        return "";
    }

    /** Returns whether the process is a JVM, in which a garbage collection can be requested. */
    default boolean isJava() {
        return false;
    }

    /** Returns whether it supports WebSockets. */
    default boolean carriesWebSocket() {
        return true;
    }
}

package io.cobrowse.bench.peers;

import io.cobrowse.bench.machine.NotInstalledException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A proxy to measure: how it is configured for the sticky rules, and how it is run. */
interface Peer {
    /** The name in reports. */
    String name();

    /**
     * Returns the version installed.
     *
     * @throws NotInstalledException where there is none
     */
    String version() throws IOException;

    /**
     * Writes the configuration: three nodes, {@code node-1} to {@code node-3}, all at the origin, chosen by the query parameter
     * {@code co-browse-node-id} and then by the cookie {@code gcbSessionServer}.
     *
     * @param directory where files may be written
     * @param connections how many clients' connections there will be at most
     * @return the command that runs the proxy in the foreground, to be stopped by SIGTERM
     */
    List<String> configure(Path directory, int port, int originPort, int connections) throws IOException;

    /** Returns whether the process is a JVM, which can be asked for a garbage collection. */
    default boolean isJava() {
        return false;
    }
}

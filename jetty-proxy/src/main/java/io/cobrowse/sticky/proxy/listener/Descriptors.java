package io.cobrowse.sticky.proxy.listener;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections from clients, and to nodes, the limit of open files allows. */
public final class Descriptors {
    /**
     * Descriptors for health checks, the admin listener and the log, besides those already open; with a long class
     * path, these are hundreds of jars.
     */
    private static final int RESERVED = 128;

    /** Half of the rest, since a client's request may need a connection to a node, and a tunnel does. */
    static final int MAX_CLIENTS = halfOfTheRest();

    /** The other half: a client over HTTP/2 may need many at a time. */
    public static final int MAX_TO_NODES = MAX_CLIENTS;

    private Descriptors() {}

    private static int halfOfTheRest() {
        long free = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount()
                : Integer.MAX_VALUE;
        long half = Math.max(16, (free - RESERVED) / 2);
        return (int) Math.min(Integer.MAX_VALUE, half);
    }
}

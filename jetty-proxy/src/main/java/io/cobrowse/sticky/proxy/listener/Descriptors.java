package io.cobrowse.sticky.proxy.listener;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections of clients the limit of open files has room for. */
final class Descriptors {
    /** For checks, the admin listener, the log, and the JVM's own files. */
    private static final int RESERVED = 128;

    /** Half of the rest, since a client's request may need a connection to a node, and a tunnel does. */
    static final int MAX_CLIENTS = maxClients();

    private Descriptors() {}

    private static int maxClients() {
        long files = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : Integer.MAX_VALUE;
        long clients = Math.max(16, (files - RESERVED) / 2);
        return (int) Math.min(Integer.MAX_VALUE, clients);
    }
}

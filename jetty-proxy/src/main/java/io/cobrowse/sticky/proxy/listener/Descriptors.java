package io.cobrowse.sticky.proxy.listener;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** How many connections of clients the limit of open files has room for. */
final class Descriptors {
    /** For checks, the admin listener and the log, beside what is open already: with a long class path, hundreds of jars. */
    private static final int RESERVED = 128;

    /** Half of the rest, since a client's request may need a connection to a node, and a tunnel does. */
    static final int MAX_CLIENTS = maxClients();

    private Descriptors() {}

    private static int maxClients() {
        long free = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount()
                : Integer.MAX_VALUE;
        long clients = Math.max(16, (free - RESERVED) / 2);
        return (int) Math.min(Integer.MAX_VALUE, clients);
    }
}

package io.cobrowse.node.demo;

import java.io.IOException;
import java.net.ServerSocket;
import java.util.stream.IntStream;

/** Free ports for programs that need their ports in advance. */
final class Ports {
    private Ports() {}

    /** Finds consecutive ports that are free at this moment. */
    static int[] inARow(int count) throws IOException {
        int first;
        do {
            try (ServerSocket probe = new ServerSocket(0)) {
                first = probe.getLocalPort();
            }
        } while (!IntStream.range(first, first + count).allMatch(Ports::free));
        return IntStream.range(first, first + count).toArray();
    }

    private static boolean free(int port) {
        try (ServerSocket probe = new ServerSocket(port)) {
            return probe.isBound();
        } catch (IOException | IllegalArgumentException taken) {
            return false;
        }
    }
}

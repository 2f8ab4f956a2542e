package io.cobrowse.bench.peers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** The sticky rules that every proxy is configured with. A proxy that does not follow them is not measured. */
final class Sticky {
    static final int NODES = 3;
    static final String COOKIE = "gcbSessionServer";
    static final String PARAMETER = "co-browse-node-id";

    private static final int PATIENCE_MILLIS = 10_000;

    private Sticky() {}

    /**
     * Checks that a proxy routes to each node by cookie, and by query parameter when the cookie names another node.
     *
     * @throws IOException when another node answers
     */
    static void check(InetSocketAddress proxy) throws IOException {
        for (int node = 1; node <= NODES; node++) {
            int other = node % NODES + 1;
            expect(proxy, "/rest", COOKIE + "=node-" + node, node);
            expect(proxy, "/rest?a=b&" + PARAMETER + "=" + node, COOKIE + "=node-" + other, node);
        }
    }

    private static void expect(InetSocketAddress proxy, String target, String cookie, int node) throws IOException {
        String answer = get(proxy, target, cookie);
        if (!answer.contains("\"node-" + node + "\"")) {
            throw new IOException("Not sticky: " + target + " with " + cookie + " is answered by "
                    + answer.substring(answer.indexOf("\r\n\r\n") + 4).trim());
        }
    }

    /** Returns the answer, head and body, to one request on a connection of its own. */
    static String get(InetSocketAddress server, String target, String cookie) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(server, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nCookie: " + cookie + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder answer = new StringBuilder();
            byte[] bytes = new byte[4096];
            while (answer.indexOf("}\r\n") < 0) {
                int read = socket.getInputStream().read(bytes);
                if (read < 0) {
                    throw new IOException("No complete answer to " + target + ": " + answer);
                }
                answer.append(new String(bytes, 0, read, StandardCharsets.ISO_8859_1));
            }
            return answer.toString();
        }
    }
}

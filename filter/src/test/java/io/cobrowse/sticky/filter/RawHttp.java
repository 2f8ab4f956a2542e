package io.cobrowse.sticky.filter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Sends requests byte for byte, each on its own connection. */
final class RawHttp {
    private static final int TIMEOUT_MILLIS = 20_000;

    private RawHttp() {}

    /** A response, its field lines as received. */
    record Response(int status, List<String> fieldLines, String body) {

        /** Returns all values of a field, in order. */
        List<String> fields(String name) {
            String prefix = name + ":";
            return fieldLines.stream()
                    .filter(line -> line.regionMatches(true, 0, prefix, 0, prefix.length()))
                    .map(line -> line.substring(prefix.length()).strip())
                    .toList();
        }

        Optional<String> field(String name) {
            return fields(name).stream().findFirst();
        }
    }

    /** Sends a request without a body, and reads to the end of the connection. */
    static Response send(int port, String method, String target, List<String> fieldLines) throws IOException {
        List<String> lines = new ArrayList<>(List.of(method + " " + target + " HTTP/1.1", "Host: localhost"));
        lines.addAll(fieldLines);
        lines.add("Content-Length: 0");
        if (fieldLines.stream().noneMatch(line -> line.startsWith("Connection:"))) {
            lines.add("Connection: close");
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            socket.getOutputStream().write((String.join("\r\n", lines) + "\r\n\r\n").getBytes(ISO_8859_1));
            return parse(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));
        }
    }

    private static Response parse(String message) throws IOException {
        int headEnd = message.indexOf("\r\n\r\n");
        if (headEnd < 0) {
            throw new IOException("No response head in \"" + message + "\"");
        }
        List<String> head = Arrays.asList(message.substring(0, headEnd).split("\r\n"));
        int status = Integer.parseInt(head.get(0).substring(9, 12));
        return new Response(status, head.subList(1, head.size()), message.substring(headEnd + 4));
    }
}

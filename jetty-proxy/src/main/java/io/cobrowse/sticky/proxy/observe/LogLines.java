package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Makes entries into lines, as JSON or for reading. Not thread-safe. */
final class LogLines {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private final boolean json;
    private final boolean secrets;
    private final LineBuffer line;
    private long second = Long.MIN_VALUE;
    private String secondText = "";

    LogLines(LogFormat format, boolean secrets, LineBuffer line) {
        this.json = format == LogFormat.JSON;
        this.secrets = secrets;
        this.line = line;
    }

    void append(LogEntry entry) {
        if (json) {
            line.ascii("{\"time\":\"");
        }
        time(entry.timeMillis());
        if (json) {
            line.ascii('"');
        }
        Route route = entry.route();
        Node node = route == null ? null : route.node();
        text("client", client(entry.client()));
        text("listener", entry.listener());
        text("protocol", entry.protocol().asString());
        text("method", entry.method());
        String target = entry.target();
        text("target", target == null || secrets ? target : Masking.target(target));
        text("host", entry.host());
        key("status").number(entry.status());
        text("node", node == null ? null : node.id());
        text("by", route == null ? null : route.affinity().text());
        key("conflict").ascii(route != null && route.conflict() ? "true" : "false");
        text("sticky", route == null ? null : route.sticky().text());
        text("end", entry.end().text());
        key("retries").number(entry.retries());
        key("queueMs").millis(entry.queueNanos());
        key("connectMs").millis(entry.connectedNanos());
        key("firstByteMs").millis(entry.firstByteNanos());
        key("totalMs").millis(entry.totalNanos());
        key("requestBytes").number(entry.requestBytes());
        key("responseBytes").number(entry.responseBytes());
        Node setsNode = entry.setsNode();
        text("setsNode", setsNode == null ? null : setsNode.id());
        line.ascii(json ? "}\n" : "\n");
    }

    private void text(String name, @Nullable String value) {
        key(name).string(value);
    }

    private LineBuffer key(String name) {
        return json
                ? line.ascii(",\"").ascii(name).ascii("\":")
                : line.ascii(' ').ascii(name).ascii('=');
    }

    private void time(long millis) {
        long now = Math.floorDiv(millis, 1000L);
        if (now != second) {
            second = now;
            secondText = SECOND.format(Instant.ofEpochSecond(now));
        }
        line.ascii(secondText)
                .ascii('.')
                .padded(Math.floorMod(millis, 1000L), 3)
                .ascii('Z');
    }

    private static @Nullable String client(@Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress peer) || peer.getAddress() == null) {
            return address == null ? null : address.toString();
        }
        String text = peer.getAddress().getHostAddress();
        int zone = peer.getAddress() instanceof Inet6Address ? text.indexOf('%') : -1;
        return zone < 0 ? text : text.substring(0, zone);
    }
}

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
import java.util.Objects;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Formats entries as lines, as JSON or for people. Text that many lines share, for a second, a connection or a route, is
 * encoded once. Not thread-safe.
 */
final class LogLines {
    private static final int ROUTES = 1024;
    private static final int CONNECTIONS = 1024;
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    /** The keys, each with the text before its value. */
    private enum Key {
        CLIENT("client"),
        LISTENER("listener"),
        PROTOCOL("protocol"),
        METHOD("method"),
        TARGET("target"),
        HOST("host"),
        STATUS("status"),
        NODE("node"),
        BY("by"),
        CONFLICT("conflict"),
        STICKY("sticky"),
        END("end"),
        RETRIES("retries"),
        QUEUE_MS("queueMs"),
        CONNECT_MS("connectMs"),
        FIRST_BYTE_MS("firstByteMs"),
        TOTAL_MS("totalMs"),
        REQUEST_BYTES("requestBytes"),
        RESPONSE_BYTES("responseBytes"),
        SETS_NODE("setsNode");

        private final String json;
        private final String text;

        Key(String name) {
            json = ",\"" + name + "\":";
            text = " " + name + "=";
        }
    }

    private final boolean json;
    private final boolean secrets;
    private final LineBuffer line;
    private final LineBuffer part = new LineBuffer();
    private long second = Long.MIN_VALUE;
    private byte[] secondText = {};
    /**
     * Routes are built in advance, and there are few. Each has one slot, which it keeps until another route with the
     * same slot is used.
     */
    private final @Nullable Route[] routes = new Route[ROUTES];

    private final byte[][] routeTexts = new byte[ROUTES][];
    /** The last connection at each place, by the identity of its address. */
    private final @Nullable Connection[] connections = new Connection[CONNECTIONS];

    /** What the lines of a connection have in common. */
    private static final class Connection {
        private final @Nullable SocketAddress client;
        private final @Nullable String listener;
        private final HttpVersion protocol;
        private final byte[] text;

        Connection(LogEntry entry, byte[] text) {
            this.client = entry.client();
            this.listener = entry.listener();
            this.protocol = entry.protocol();
            this.text = text;
        }

        @SuppressWarnings("ReferenceEquality") // A connection has one address, and comparing others would take time.
        boolean isOf(LogEntry entry) {
            return client == entry.client()
                    && protocol == entry.protocol()
                    && Objects.equals(listener, entry.listener());
        }
    }

    LogLines(LogFormat format, boolean secrets, LineBuffer line) {
        this.json = format == LogFormat.JSON;
        this.secrets = secrets;
        this.line = line;
    }

    void append(LogEntry entry) {
        time(entry.timeMillis());
        line.ascii(json ? "Z\"" : "Z").bytes(connection(entry));
        text(Key.METHOD, entry.method());
        String target = entry.target();
        text(Key.TARGET, target == null || secrets ? target : Masking.target(target));
        text(Key.HOST, entry.host());
        key(Key.STATUS).number(entry.status());
        line.bytes(route(entry.route()));
        text(Key.END, entry.end().text());
        key(Key.RETRIES).number(entry.retries());
        key(Key.QUEUE_MS).millis(entry.queueNanos());
        key(Key.CONNECT_MS).millis(entry.connectedNanos());
        key(Key.FIRST_BYTE_MS).millis(entry.firstByteNanos());
        key(Key.TOTAL_MS).millis(entry.totalNanos());
        key(Key.REQUEST_BYTES).number(entry.requestBytes());
        key(Key.RESPONSE_BYTES).number(entry.responseBytes());
        Node setsNode = entry.setsNode();
        text(Key.SETS_NODE, setsNode == null ? null : setsNode.id());
        line.ascii(json ? "}\n" : "\n");
    }

    private void text(Key key, @Nullable String value) {
        key(key).string(value);
    }

    private LineBuffer key(Key key) {
        return key(line, key);
    }

    private LineBuffer key(LineBuffer to, Key key) {
        return to.ascii(json ? key.json : key.text);
    }

    private void time(long millis) {
        long now = Math.floorDiv(millis, 1000L);
        if (now != second) {
            second = now;
            part.ascii(json ? "{\"time\":\"" : "").ascii(SECOND.format(Instant.ofEpochSecond(now)));
            secondText = part.ascii('.').take();
        }
        line.bytes(secondText).padded(Math.floorMod(millis, 1000L), 3);
    }

    private byte[] connection(LogEntry entry) {
        int place = System.identityHashCode(entry.client()) & (CONNECTIONS - 1);
        Connection known = connections[place];
        if (known == null || !known.isOf(entry)) {
            key(part, Key.CLIENT).string(client(entry.client()));
            key(part, Key.LISTENER).string(entry.listener());
            key(part, Key.PROTOCOL).string(entry.protocol().asString());
            known = new Connection(entry, part.take());
            connections[place] = known;
        }
        return known.text;
    }

    private byte[] route(@Nullable Route route) {
        int place = System.identityHashCode(route) & (ROUTES - 1);
        if (routeTexts[place] == null || routes[place] != route) {
            routes[place] = route;
            routeTexts[place] = encoded(route);
        }
        return routeTexts[place];
    }

    private byte[] encoded(@Nullable Route route) {
        Node node = route == null ? null : route.node();
        key(part, Key.NODE).string(node == null ? null : node.id());
        key(part, Key.BY).string(route == null ? null : route.affinity().text());
        key(part, Key.CONFLICT).ascii(route != null && route.conflict() ? "true" : "false");
        key(part, Key.STICKY).string(route == null ? null : route.sticky().text());
        return part.take();
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

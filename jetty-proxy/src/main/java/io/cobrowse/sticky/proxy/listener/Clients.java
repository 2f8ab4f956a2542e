package io.cobrowse.sticky.proxy.listener;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Counts each client's open connections and its requests to a listener. A client is an IPv4 address, or the /64 of an
 * IPv6 address, since a host with one address of a /64 usually has all of them. There are at most as many entries as
 * connections and clients of the last second. Thread-safe.
 */
final class Clients {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Map<Object, Client> clients = new ConcurrentHashMap<>();

    private static final class Client {
        private int connections;
        /** How many requests it may make now, as of {@link #reckonedNanos}. */
        private double allowance = -1;

        private long reckonedNanos;
    }

    /** Returns the key of a client. */
    static Object key(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == 4 ? address : (Object) ByteBuffer.wrap(bytes).getLong();
    }

    /** Counts a connection of the client; returns false if it has {@code max} already. */
    boolean open(Object key, int max) {
        boolean[] taken = {false};
        clients.compute(key, (unused, known) -> {
            Client client = known == null ? new Client() : known;
            taken[0] = client.connections < max;
            client.connections += taken[0] ? 1 : 0;
            return client;
        });
        return taken[0];
    }

    void close(Object key) {
        clients.computeIfPresent(key, (unused, client) -> {
            client.connections--;
            return client.connections == 0 && client.allowance < 0 ? null : client;
        });
    }

    /**
     * Returns whether the client may make a request now, with {@code perSecond} requests a second and as many at once.
     */
    boolean request(Object key, int perSecond, long nowNanos) {
        boolean[] taken = {false};
        clients.compute(key, (unused, known) -> {
            Client client = known == null ? new Client() : known;
            reckon(client, perSecond, nowNanos);
            taken[0] = client.allowance >= 1;
            client.allowance -= taken[0] ? 1 : 0;
            return client;
        });
        return taken[0];
    }

    private static void reckon(Client client, int perSecond, long nowNanos) {
        double gained = client.allowance < 0 ? perSecond : (nowNanos - client.reckonedNanos) / NANOS * perSecond;
        client.allowance = Math.min(perSecond, Math.max(0, client.allowance) + gained);
        client.reckonedNanos = nowNanos;
    }

    /** Forgets clients that have no connections and have made no request for a second. */
    void forget(long nowNanos) {
        clients.keySet()
                .forEach(key -> clients.computeIfPresent(
                        key,
                        (unused, client) ->
                                client.connections == 0 && nowNanos - client.reckonedNanos > NANOS ? null : client));
    }

    /** Returns how many clients are known. */
    int size() {
        return clients.size();
    }
}

package io.cobrowse.sticky.proxy.upstream;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.SocketAddressResolver;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resolves the host names of nodes, for requests and checks alike, and never on the calling thread.
 *
 * <p>A name is resolved again when its addresses are requested and {@value #MAX_AGE_SECONDS} s old. Until there is an
 * answer, and if there is none, the old addresses stay valid. Only one thread at a time resolves a name, so a hanging
 * name server occupies one thread per name, and nobody waits for it longer than {@value #PATIENCE_SECONDS} s. Java
 * itself caches addresses for 30 s, unless the security property {@code networkaddress.cache.ttl} says otherwise.
 * Thread-safe.
 */
public final class NodeResolver implements SocketAddressResolver {
    static final long MAX_AGE_SECONDS = 10;
    static final long PATIENCE_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(NodeResolver.class);
    private static final long MAX_AGE_NANOS = TimeUnit.SECONDS.toNanos(MAX_AGE_SECONDS);
    /** The time after a failed look-up until the next one may begin. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The time after which a name is forgotten that nobody asks for, since its node was removed. */
    private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** The source of addresses. */
    interface Lookup {
        InetAddress[] find(String host) throws UnknownHostException;
    }

    private final Lookup lookup;
    private final LongSupplier clockNanos;
    private final Executor threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "node-resolver");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<String, Name> names = new ConcurrentHashMap<>();

    /** Creates a resolver that uses the system's name resolution. */
    public NodeResolver() {
        this(InetAddress::getAllByName, System::nanoTime);
    }

    NodeResolver(Lookup lookup, LongSupplier clockNanos) {
        this.lookup = lookup;
        this.clockNanos = clockNanos;
    }

    @Override
    public void resolve(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        // The promise gets the result.
        CompletableFuture<?> unused = addresses(bare, port).whenComplete((found, failure) -> {
            if (found != null) {
                promise.succeeded(found);
            } else {
                UnknownHostException unknown = new UnknownHostException(bare + " cannot be resolved");
                unknown.initCause(failure);
                promise.failed(unknown);
            }
        });
    }

    private CompletableFuture<List<InetSocketAddress>> addresses(String host, int port) {
        String key = host + " " + port;
        Name name = names.get(key);
        if (name == null) {
            names.values().removeIf(Name::isForgotten);
            name = names.computeIfAbsent(key, unknown -> new Name(host, port));
        }
        return name.addresses();
    }

    /** The state of one name. */
    private final class Name {
        private final String host;
        private final int port;
        // Guarded by this.
        private @Nullable List<InetSocketAddress> known;
        private @Nullable CompletableFuture<List<InetSocketAddress>> underWay;
        private long nextNanos;
        private long askedNanos;

        private Name(String host, int port) {
            this.host = host;
            this.port = port;
            this.askedNanos = clockNanos.getAsLong();
        }

        private synchronized CompletableFuture<List<InetSocketAddress>> addresses() {
            askedNanos = clockNanos.getAsLong();
            CompletableFuture<List<InetSocketAddress>> last = underWay;
            if (last == null || (last.isDone() && askedNanos - nextNanos >= 0)) {
                last = CompletableFuture.supplyAsync(this::find, threads);
                underWay = last;
            }
            return known != null
                    ? CompletableFuture.completedFuture(known)
                    : last.copy().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        private synchronized boolean isForgotten() {
            return clockNanos.getAsLong() - askedNanos > FORGET_NANOS;
        }

        private List<InetSocketAddress> find() {
            try {
                List<InetSocketAddress> found = Arrays.stream(lookup.find(host))
                        .map(address -> new InetSocketAddress(address, port))
                        .toList();
                done(found, MAX_AGE_NANOS);
                return found;
            } catch (UnknownHostException | RuntimeException failure) {
                LOG.warn("{} cannot be resolved: {}", host, failure.toString());
                return done(null, RETRY_NANOS);
            }
        }

        /** Returns the addresses that are valid from now on. */
        private synchronized List<InetSocketAddress> done(@Nullable List<InetSocketAddress> found, long pauseNanos) {
            nextNanos = clockNanos.getAsLong() + pauseNanos;
            if (found != null) {
                if (known != null && !known.equals(found)) {
                    LOG.info("{} is now {}, was {}", host, found, known);
                }
                known = found;
            }
            if (known == null) {
                throw new IllegalStateException("no address is known");
            }
            return known;
        }
    }
}

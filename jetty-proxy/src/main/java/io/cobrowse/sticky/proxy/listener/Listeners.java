package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.config.PemIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.Graceful;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public listeners of a server. A reload adds, removes and changes them. Connections of listeners that stay are
 * not touched; those of a removed listener end with their requests. Thread-safe.
 */
public final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);
    /** How long to wait for a port that has been given up: it is free only after the accepting selector has noticed. */
    private static final long MAX_BIND_NANOS = TimeUnit.SECONDS.toNanos(2);

    private record Open(Listener settings, ListenerConnector connector) {
        /** Returns whether this listener can take the other settings without being reopened. */
        boolean canBecome(Listener other) {
            return settings.name().equals(other.name())
                    && settings.address().equals(other.address())
                    && (settings.tls() == null) == (other.tls() == null)
                    && settings.proxyProtocol() == other.proxyProtocol();
        }
    }

    private final Server server;
    private final int selectors;
    private final Duration drain;
    // Guarded by this.
    private Map<String, Open> open = new LinkedHashMap<>();
    private Duration idle;

    /**
     * Adds connectors to the server, which {@link #open} opens and the server starts.
     *
     * @param selectors number of selector threads of each listener
     * @param idle idle time-out of connections without a request
     * @param drain how long the connections of a removed listener may last
     * @throws PemIdentity.Unusable if the files of a listener cannot be used
     */
    public Listeners(Server server, int selectors, List<Listener> listeners, Duration idle, Duration drain) {
        this.server = server;
        this.selectors = selectors;
        this.idle = idle;
        this.drain = drain;
        for (Listener listener : listeners) {
            open.put(listener.name(), new Open(listener, connector(listener)));
        }
        open.values().forEach(each -> server.addConnector(each.connector));
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                sweepInASecond();
            }
        });
    }

    private void sweepInASecond() {
        server.getScheduler().schedule(this::sweep, 1, TimeUnit.SECONDS);
    }

    private ListenerConnector connector(Listener listener) {
        Tls tls = listener.tls();
        ConnectionFactory[] factories = tls == null ? ProxyHttp.clearText() : ProxyHttp.tls(ListenerTls.server(tls));
        ListenerConnector connector = new ListenerConnector(
                server,
                selectors,
                ListenerPolicy.OPEN,
                listener.proxyProtocol() ? ProxyHttp.behindProxyProtocol(factories) : factories);
        connector.take(listener);
        connector.setName(listener.name());
        connector.setIdleTimeout(idle.toMillis());
        connector.setHost(listener.address().host());
        connector.setPort(listener.address().port());
        return connector;
    }

    /**
     * Opens all listeners; must be called before the server is started.
     *
     * @throws BindException if an address cannot be bound; the message names it
     */
    public synchronized void open() throws IOException {
        for (Open each : open.values()) {
            bind(each.connector, each.settings.address());
        }
    }

    /**
     * Opens a connector.
     *
     * @throws BindException if the address cannot be bound; the message names it and the listener
     */
    public static void bind(ServerConnector connector, Address address) throws IOException {
        try {
            connector.open();
        } catch (IOException | UnresolvedAddressException failure) {
            Throwable reason = failure.getCause() == null ? failure : failure.getCause();
            String why = reason instanceof UnresolvedAddressException
                    ? "the host cannot be resolved"
                    : String.valueOf(reason.getMessage());
            BindException bind =
                    new BindException("Listener " + connector.getName() + " cannot listen on " + address + ": " + why);
            bind.initCause(failure);
            throw bind;
        }
    }

    /** Checks for clients that are too slow, once a second while the server runs. */
    private void sweep() {
        if (!server.isRunning()) {
            return;
        }
        try {
            long nowNanos = System.nanoTime();
            for (ListenerConnector each : connectors()) {
                each.sweep(nowNanos);
            }
        } catch (RuntimeException bug) {
            LOG.error("Checking for slow clients failed", bug);
        }
        sweepInASecond();
    }

    /** Returns the connectors of the listeners, in the order of the configuration. */
    public synchronized List<ListenerConnector> connectors() {
        return open.values().stream().map(Open::connector).toList();
    }

    /**
     * Returns the connector of a listener.
     *
     * @throws NoSuchElementException if no listener has this name
     */
    public synchronized ListenerConnector connector(String listener) {
        Open known = open.get(listener);
        if (known == null) {
            throw new NoSuchElementException("No listener \"" + listener + "\"; there are " + open.keySet());
        }
        return known.connector;
    }

    /**
     * Returns the address of a connector, with its actual port.
     *
     * @throws IllegalStateException if it is not open
     */
    public static URI uri(ServerConnector connector) {
        if (connector.getLocalPort() <= 0) {
            throw new IllegalStateException("Listener " + connector.getName() + " is not open: start the proxy before");
        }
        String host = connector.getHost();
        InetSocketAddress any = new InetSocketAddress(host, 0);
        boolean wildcard = any.getAddress() != null && any.getAddress().isAnyLocalAddress();
        String scheme = connector.getConnectionFactory(SslConnectionFactory.class) == null ? "http" : "https";
        return URI.create(scheme + "://" + new Address(wildcard ? "127.0.0.1" : host, connector.getLocalPort()));
    }

    /** Refuses new connections from now on. */
    public void close() {
        connectors().forEach(ServerConnector::close);
    }

    /**
     * Replaces the listeners, and reads the files of certificates and keys again.
     *
     * @throws PemIdentity.Unusable if files cannot be used; then nothing has changed
     * @throws UncheckedIOException if an address cannot be bound; the earlier listeners are then open, reopened if
     *     necessary
     */
    public synchronized void reload(List<Listener> next, Duration newIdle) {
        // Errors in the files are thrown before anything changes.
        next.stream().map(Listener::tls).filter(tls -> tls != null).forEach(ListenerTls::server);
        idle = newIdle;
        Map<String, Open> after = new LinkedHashMap<>();
        Map<String, Open> going = new LinkedHashMap<>(open);
        List<Open> coming = new ArrayList<>();
        for (Listener listener : next) {
            Open before = open.get(listener.name());
            if (before != null && before.canBecome(listener)) {
                after.put(listener.name(), new Open(listener, before.connector));
                going.remove(listener.name());
            } else {
                Open fresh = new Open(listener, connector(listener));
                after.put(listener.name(), fresh);
                coming.add(fresh);
            }
        }
        going.values().forEach(each -> each.connector.close());
        try {
            for (Open each : coming) {
                start(each);
            }
        } catch (IOException failure) {
            coming.forEach(each -> retire(each.connector));
            reopen(going);
            throw new UncheckedIOException(failure);
        }
        going.values().forEach(each -> retire(each.connector));
        after.values().forEach(this::update);
        open = after;
    }

    private void update(Open each) {
        Tls tls = each.settings.tls();
        if (tls != null) {
            try {
                SslConnectionFactory ssl = each.connector.getConnectionFactory(SslConnectionFactory.class);
                SslContextFactory.Server factory = ssl.getSslContextFactory();
                factory.reload(ignored -> ListenerTls.apply(tls, factory));
            } catch (Exception changedMeanwhile) {
                LOG.error("Listener {} keeps its certificate", each.settings.name(), changedMeanwhile);
            }
        }
        each.connector.take(each.settings);
        each.connector.setIdleTimeout(idle.toMillis());
    }

    private void start(Open each) throws IOException {
        long deadlineNanos = System.nanoTime() + MAX_BIND_NANOS;
        while (true) {
            try {
                bind(each.connector, each.settings.address());
                break;
            } catch (BindException taken) {
                if (System.nanoTime() > deadlineNanos) {
                    throw taken;
                }
                Thread.onSpinWait();
            }
        }
        server.addConnector(each.connector);
        try {
            each.connector.start();
        } catch (IOException failure) {
            throw failure;
        } catch (Exception failure) {
            throw new IOException(
                    "Listener " + each.settings.name() + " cannot listen on " + each.settings.address() + ": "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** Reopens listeners that were closed for others which then could not be opened. */
    private void reopen(Map<String, Open> closed) {
        for (Open each : closed.values()) {
            Open again = new Open(each.settings, connector(each.settings));
            try {
                start(again);
                open.put(each.settings.name(), again);
            } catch (IOException failure) {
                LOG.error("Listener {} is closed", each.settings.name(), failure);
            }
            retire(each.connector);
        }
    }

    /** Lets the connections of a listener end with their requests, and then stops the listener. */
    private void retire(ListenerConnector connector) {
        connector.close();
        // The connector is stopped, whether or not this is in time.
        CompletableFuture<?> unused = Graceful.shutdown(connector)
                .orTimeout(drain.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((ended, late) -> server.getThreadPool().execute(() -> remove(connector)));
    }

    private void remove(ListenerConnector connector) {
        try {
            connector.stop();
        } catch (Exception failure) {
            LOG.warn("Listener {} does not stop", connector.getName(), failure);
        }
        server.removeConnector(connector);
    }
}

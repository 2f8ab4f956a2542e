package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.proxy.exchange.OutcomeListener;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Router;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens to how requests end, and has it counted and written down. Exchanges tell it as a listener; requests that never
 * became one are told by Jetty, as to a request log, when it completes them. Never blocks; thread-safe.
 */
public final class Telemetry implements OutcomeListener, RequestLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

    private final Statistics statistics;
    private final Audit audit;
    private final @Nullable AccessLog accessLog;
    private final @Nullable Meters meters;
    private final List<Runnable> everySecond = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "telemetry");
        daemon.setDaemon(true);
        return daemon;
    });

    /** Makes what the configuration asks for; nothing runs before {@link #start}. */
    public Telemetry(ProxyConfig.Observation config, Router router, Gauges gauges) {
        this.statistics = new Statistics(router);
        this.audit = new Audit(router);
        this.accessLog = config.accessLog().file() == null ? null : new AccessLog(config.accessLog());
        this.meters = config.metrics() ? meters(router, gauges) : null;
    }

    /** Those who embed the proxy may do without Micrometer. */
    private @Nullable Meters meters(Router router, Gauges gauges) {
        try {
            return new Meters(this, router, gauges);
        } catch (NoClassDefFoundError absent) {
            LOG.warn("There will be no metrics: io.micrometer:micrometer-registry-prometheus is missing");
            return null;
        }
    }

    /** Starts writing and ticking. */
    public void start() {
        if (accessLog != null) {
            accessLog.start();
        }
        Future<?> unused = clock.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    private void tick() {
        try {
            statistics.tick();
            everySecond.forEach(Runnable::run);
        } catch (RuntimeException bug) {
            LOG.error("Counting failed", bug);
        }
    }

    /** Has something run once a second, after the counts of that second are there. Must not block. */
    public void everySecond(Runnable task) {
        everySecond.add(task);
    }

    @Override
    public void ended(Outcome outcome) {
        try {
            Node setsNode = audit.check(outcome);
            statistics.count(outcome, setsNode);
            if (meters != null) {
                meters.record(outcome);
            }
            if (accessLog != null) {
                accessLog.add(outcome, setsNode);
            }
        } catch (RuntimeException bug) {
            LOG.error("Writing down how a request ended failed", bug);
        }
    }

    @Override
    public void log(Request request, Response response) {
        if (request.getAttribute(Outcome.TOLD) == null) {
            ended(new RefusedOutcome(request, response));
        }
    }

    public Statistics statistics() {
        return statistics;
    }

    /** Returns the text of Prometheus; null where metrics are off. */
    public @Nullable String prometheus() {
        return meters == null ? null : meters.scrape();
    }

    /** Returns how often an answer contradicted its route. */
    public long violations() {
        return audit.violations();
    }

    Audit audit() {
        return audit;
    }

    /** Returns how many lines of the access log were dropped. */
    public long dropped() {
        return accessLog == null ? 0 : accessLog.dropped();
    }

    /** Writes what is left to write, and ends. */
    @Override
    public void close() {
        clock.shutdownNow();
        if (accessLog != null) {
            accessLog.close();
        }
        if (meters != null) {
            meters.close();
        }
    }
}

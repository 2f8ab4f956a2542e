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
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives the outcomes of requests, and has them counted and logged. Exchanges notify it as a listener; for requests
 * that never became exchanges, Jetty calls it as a request log when it completes them. Never blocks; thread-safe.
 */
public final class Telemetry implements OutcomeListener, RequestLog, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Telemetry.class);

    private final Router router;
    private final Statistics statistics;
    private final Audit audit;
    /** Guarded by this. */
    private ProxyConfig.Observation config;

    private final Gauges gauges;
    private volatile @Nullable AccessLog accessLog;
    private volatile @Nullable Meters meters;
    /** The number of dropped lines, in this access log and the previous ones. */
    private final LongAdder dropped = new LongAdder();

    private final List<Runnable> everySecond = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "telemetry");
        daemon.setDaemon(true);
        return daemon;
    });

    /** Creates what the configuration requires; nothing runs before {@link #start}. */
    public Telemetry(ProxyConfig.Observation config, Router router, Gauges gauges) {
        this.config = config;
        this.router = router;
        this.gauges = gauges;
        this.statistics = new Statistics(router);
        this.audit = new Audit(router);
        audit.take(config.audit());
        this.accessLog = accessLog(config);
        this.meters = meters(config);
    }

    private @Nullable AccessLog accessLog(ProxyConfig.Observation config) {
        return config.accessLog().file() == null ? null : new AccessLog(config.accessLog(), dropped);
    }

    /** Returns the metrics; null if they are off or Micrometer, which embedders may leave out, is missing. */
    private @Nullable Meters meters(ProxyConfig.Observation config) {
        if (!config.metrics()) {
            return null;
        }
        try {
            return new Meters(this, router, gauges);
        } catch (NoClassDefFoundError absent) {
            LOG.warn("Metrics are off: io.micrometer:micrometer-registry-prometheus is not on the class path");
            return null;
        }
    }

    /** Starts writing and ticking. */
    public void start() {
        AccessLog log = accessLog;
        if (log != null) {
            log.start();
        }
        Future<?> unused = clock.scheduleAtFixedRate(this::tick, 1, 1, TimeUnit.SECONDS);
    }

    /**
     * Replaces the settings, while requests may end. Counts continue. Lines that were handed to the old log are still
     * written there; blocks until they are.
     */
    public synchronized void reload(ProxyConfig.Observation next) {
        audit.take(next.audit());
        if (!next.accessLog().equals(config.accessLog())) {
            AccessLog before = accessLog;
            AccessLog fresh = accessLog(next);
            accessLog = fresh;
            if (before != null) {
                before.close(); // The next log may use the same file.
            }
            if (fresh != null) {
                fresh.start();
            }
        }
        if (next.metrics() != config.metrics()) {
            Meters before = meters;
            meters = meters(next);
            if (before != null) {
                before.close();
            }
        }
        config = next;
    }

    private void tick() {
        try {
            statistics.tick();
            everySecond.forEach(Runnable::run);
        } catch (RuntimeException bug) {
            LOG.error("Updating the statistics failed", bug);
        }
    }

    /** Runs a task once a second, after the counts of that second are complete. The task must not block. */
    public void everySecond(Runnable task) {
        everySecond.add(task);
    }

    @Override
    public void ended(Outcome outcome) {
        try {
            Node setsNode = audit.check(outcome);
            statistics.count(outcome, setsNode);
            Meters recorded = meters;
            if (recorded != null) {
                recorded.record(outcome);
            }
            AccessLog log = accessLog;
            if (log != null) {
                log.add(outcome, setsNode);
            }
        } catch (RuntimeException bug) {
            LOG.error("Recording the outcome of a request failed", bug);
        }
    }

    @Override
    public void log(Request request, Response response) {
        if (request.getAttribute(Outcome.TOLD) == null) {
            ended(new RefusedOutcome(request, response));
        }
    }

    /** Returns whether the first bytes of the bodies of a request and of its answer must be kept until it ends. */
    public boolean wantsBodies(Request request) {
        return audit.wantsBodies(request);
    }

    public Statistics statistics() {
        return statistics;
    }

    /** Returns the metrics in Prometheus's text format; null if metrics are off. */
    public @Nullable String prometheus() {
        Meters scraped = meters;
        return scraped == null ? null : scraped.scrape();
    }

    /** Returns how often an answer contradicted its route. */
    public long violations() {
        return audit.violations();
    }

    /** Returns how many sessions the audit remembers; 0 if it does not follow them. */
    public int sessionsRemembered() {
        SessionAudit sessions = audit.sessions();
        return sessions == null ? 0 : sessions.remembered();
    }

    /** Returns how often a creation, a look-up or a join agreed with what the audit remembers. */
    public long sessionsAgreed() {
        SessionAudit sessions = audit.sessions();
        return sessions == null ? 0 : sessions.agreed();
    }

    Audit audit() {
        return audit;
    }

    /** Returns how many lines of the access log were dropped. */
    public long dropped() {
        return dropped.sum();
    }

    /** Writes the remaining lines, and stops. */
    @Override
    public synchronized void close() {
        clock.shutdownNow();
        AccessLog log = accessLog;
        if (log != null) {
            log.close();
        }
        Meters closed = meters;
        if (closed != null) {
            closed.close();
        }
    }
}

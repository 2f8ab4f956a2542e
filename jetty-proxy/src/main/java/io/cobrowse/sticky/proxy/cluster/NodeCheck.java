package io.cobrowse.sticky.proxy.cluster;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.Node;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The checks of one node, one at a time, and their result. A check starts one interval after the previous one started,
 * or when that one ends if it takes longer. Jitter shortens the interval, so that several proxies do not check in step.
 * Thread-safe; never blocks.
 */
final class NodeCheck {
    private static final double MAX_JITTER = 0.2;
    /** The shortest time between the starts of two checks, in milliseconds, however many requests fail in between. */
    private static final long MAX_GAP_MILLIS = 100;

    private final HttpClient client;
    private final NodeStates states;
    private final HealthChecks checks;
    private final Node node;

    /** The number of consecutive requests that got a 5xx response or timed out. */
    private final AtomicInteger errors = new AtomicInteger();

    // Guarded by this.
    private Scheduler.@Nullable Task next;
    private boolean underWay;
    private boolean urgent;
    private boolean stopped;
    /** Whether a connect time-out has counted since the last check ended. */
    private boolean lateConnectCounted;

    private long beginNanos = System.nanoTime();
    private Checked checked = Checked.UP;
    private int failures;
    private int successes;

    NodeCheck(HttpClient client, NodeStates states, HealthChecks checks, Node node) {
        this.client = client;
        this.states = states;
        this.checks = checks;
        this.node = node;
    }

    Node node() {
        return node;
    }

    synchronized void start() {
        schedule(0);
    }

    /** Moves the next check to the time that changed settings require. */
    synchronized void reschedule() {
        if (!underWay) {
            schedule(Math.max(0, shortenedIntervalMillis() - sinceBeginMillis()));
        }
    }

    synchronized void stop() {
        stopped = true;
        cancel();
    }

    /**
     * Counts a request that could not be sent to the node, or was cut off, as a failed check, and starts the next check
     * now. Only one connect time-out counts until a check has ended: a node whose accept queue is full causes many at
     * once, and is not down for that.
     */
    void requestFailed(Throwable cause) {
        boolean late = cause instanceof SocketTimeoutException;
        synchronized (this) {
            if (stopped || (late && lateConnectCounted)) {
                return;
            }
            lateConnectCounted |= late;
            if (underWay) {
                urgent = true;
            } else {
                schedule(Math.max(0, gapMillis() - sinceBeginMillis()));
            }
        }
        failed(false, "a request failed: " + reason(cause));
    }

    /**
     * Notes whether a request ended with an error: a 5xx response or a time-out. Errors in a row count as a failed
     * check, but start none.
     */
    void observed(boolean error) {
        if (!error) {
            if (errors.get() != 0) {
                errors.set(0);
            }
            return;
        }
        int observe = checks.health().observe();
        if (errors.incrementAndGet() >= observe) {
            errors.set(0);
            failed(false, "failed: " + observe + " requests in a row got a 5xx or no answer in time");
        }
    }

    private void schedule(long millis) {
        cancel();
        if (!stopped) {
            next = client.getScheduler().schedule(this::begin, millis, TimeUnit.MILLISECONDS);
        }
    }

    private void cancel() {
        if (next != null) {
            next.cancel();
        }
    }

    private void begin() {
        synchronized (this) {
            if (stopped || underWay) {
                return;
            }
            underWay = true;
            urgent = false;
            beginNanos = System.nanoTime();
        }
        Health health = checks.health();
        client.newRequest(node.url().resolve(health.path()))
                .headers(fields -> fields.put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE)
                        .put(HttpHeader.USER_AGENT, "cobrowse-proxy")) // Jetty's own would reveal its version.
                .timeout(health.timeout().toMillis(), TimeUnit.MILLISECONDS)
                .send(this::ended);
    }

    private void ended(Result result) {
        synchronized (this) {
            underWay = false;
            lateConnectCounted = false;
            schedule(Math.max(0, (urgent ? gapMillis() : shortenedIntervalMillis()) - sinceBeginMillis()));
            if (stopped) {
                return;
            }
        }
        int status = result.getResponse().getStatus();
        Throwable failure = result.getFailure();
        if (failure != null) {
            failed(true, "failed: " + reason(failure));
        } else if (checks.health().expects(status)) {
            succeeded("answered " + status);
        } else if (status == HttpStatus.NOT_FOUND_404 && checks.health().drainOn404()) {
            toldToDrain("answered 404");
        } else {
            failed(true, "answered " + status);
        }
        states.checkEnded(node);
    }

    /** Returns the cause in words, for operators. */
    private static String reason(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "the name cannot be resolved";
        }
        if (cause instanceof EOFException || cause instanceof ClosedChannelException) {
            return "the connection was closed";
        }
        if (cause instanceof TimeoutException) {
            return "no answer in time";
        }
        String message = cause.getMessage();
        String reason = message == null ? cause.getClass().getSimpleName() : message;
        return cause instanceof SSLException ? "TLS: " + reason : reason;
    }

    private synchronized void succeeded(String how) {
        states.countCheck(node, true, how);
        failures = 0;
        successes++;
        if (checked == Checked.DRAIN
                || (checked == Checked.DOWN && successes >= checks.health().rise())) {
            become(Checked.UP, how);
        }
    }

    private synchronized void failed(boolean check, String how) {
        if (check) {
            states.countCheck(node, false, how);
        } else {
            states.countFailedRequest(node, how);
        }
        successes = 0;
        failures++;
        if (checked != Checked.DOWN && failures >= checks.health().fall()) {
            become(Checked.DOWN, how);
        }
    }

    /** The node is alive, but this does not bring up a node that is down. */
    private synchronized void toldToDrain(String how) {
        states.countCheck(node, true, how);
        failures = 0;
        successes = 0;
        if (checked == Checked.UP) {
            become(Checked.DRAIN, how);
        }
    }

    private void become(Checked found, String how) {
        checked = found;
        states.setChecked(node, found, "the last check " + how);
    }

    private long shortenedIntervalMillis() {
        double jitter = MAX_JITTER * ThreadLocalRandom.current().nextDouble();
        return (long) (checks.health().interval().toMillis() * (1 - jitter));
    }

    private long gapMillis() {
        return Math.min(MAX_GAP_MILLIS, checks.health().interval().toMillis());
    }

    private long sinceBeginMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beginNanos);
    }
}

package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.scan.CookieScanner;
import io.cobrowse.sticky.scan.Slice;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the answers of nodes with the routes of their requests, by reading the answer's fields. A cookie or an
 * {@code X-Cobrowse-Node} that names another node than the one that got the request means that stickiness is broken,
 * by a wrongly configured cookie value or by something between proxy and node. On demand it follows
 * {@linkplain SessionAudit sessions} too. Thread-safe; without sessions lock-free, and allocates nothing unless it
 * finds something. Logs at most once a second.
 */
final class Audit {
    /** A way to contradict a route. */
    enum Kind {
        /** The answer's cookie sends the client to another node. */
        SET_COOKIE("set-cookie", "the request went to", "and its answer's cookie names"),
        /** The answer's cookie names no configured node. */
        UNKNOWN_COOKIE("unknown-cookie", "the request went to", "and its answer's cookie or server name is that of"),
        /** Another node answered. */
        ANSWERED_BY("answered-by", "the request went to", "and was answered by"),
        /** A session turned up on another node than before. */
        SESSION("session", "a session lives on", "and a look-up or a join has it on");

        private final String text;
        private final String expected;
        private final String found;

        Kind(String text, String expected, String found) {
            this.text = text;
            this.expected = expected;
            this.found = found;
        }

        String text() {
            return text;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(Audit.class);
    /** Sent by nodes that allow this check: the reference node, and nodes behind another proxy that adds it. */
    private static final String ANSWERED_BY = "X-Cobrowse-Node";

    private static final long LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Router router;
    private final Map<Kind, LongAdder> violations = new EnumMap<>(Kind.class);
    private final AtomicLong nextLogNanos = new AtomicLong(System.nanoTime());
    private ProxyConfig.Audit config = ProxyConfig.Audit.DEFAULTS;
    private volatile @Nullable SessionAudit sessions;

    Audit(Router router) {
        this.router = router;
        for (Kind kind : Kind.values()) {
            violations.put(kind, new LongAdder());
        }
    }

    /** Applies other settings. The memory of sessions is kept only if the settings stay the same. */
    synchronized void take(ProxyConfig.Audit next) {
        if (!next.equals(config)) {
            config = next;
            sessions = next.enabled() ? new SessionAudit(router, next.sessions()) : null;
        }
    }

    /** Returns whether the bodies of a request and of its answer are needed. */
    boolean wantsBodies(Request request) {
        return sessions != null && SessionAudit.concerns(request);
    }

    /** Returns the audit by session; null if it is off. */
    @Nullable
    SessionAudit sessions() {
        return sessions;
    }

    /** Checks an answer. Returns the node that its cookie names; null if it names none. */
    @Nullable
    Node check(Outcome outcome) {
        HttpFields fields = outcome.answerFields();
        Route route = outcome.route();
        Node node = route == null ? null : route.node();
        if (fields == null || node == null || outcome.tunnelClosed()) {
            return null;
        }
        Node setsNode = null;
        NodeTable table = router.table();
        String cookie = router.stickiness().cookie();
        for (int i = 0; i < fields.size(); i++) { // An iterator would be an object.
            HttpField field = fields.getField(i);
            String value = field.getValue();
            if (value == null) {
                continue;
            }
            if (field.getHeader() == HttpHeader.SET_COOKIE) {
                long slice = CookieScanner.find(value, cookie, 0);
                if (slice != Slice.NONE && isName(value, cookie)) {
                    setsNode = table.byCookie(value, Slice.start(slice), Slice.end(slice));
                    checkCookie(node, setsNode);
                }
            } else if (ANSWERED_BY.equalsIgnoreCase(field.getName())) {
                Node answered = table.byCookie(value, 0, value.length());
                if (answered != null && !answered.sameAs(node)) {
                    violation(Kind.ANSWERED_BY, node, answered);
                }
            }
        }
        SessionAudit bySession = sessions;
        if (bySession != null) {
            bySession.check(outcome, this::violation);
        }
        return setsNode;
    }

    /** Returns whether the name is that of the cookie, and not of an attribute of another cookie. */
    private static boolean isName(String field, String cookie) {
        int start = 0;
        while (start < field.length() && (field.charAt(start) == ' ' || field.charAt(start) == '\t')) {
            start++;
        }
        return field.startsWith(cookie, start);
    }

    private void checkCookie(Node node, @Nullable Node setsNode) {
        if (setsNode == null) {
            violation(Kind.UNKNOWN_COOKIE, node, null);
        } else if (!setsNode.sameAs(node)) {
            violation(Kind.SET_COOKIE, node, setsNode);
        }
    }

    void violation(Kind kind, Node node, @Nullable Node named) {
        counter(kind).increment();
        long nowNanos = System.nanoTime();
        long next = nextLogNanos.get();
        if (nowNanos - next >= 0 && nextLogNanos.compareAndSet(next, nowNanos + LOG_NANOS)) {
            LOG.warn(
                    "Stickiness violated ({}): {} {}, {} {}; {} so far",
                    kind.text(),
                    kind.expected,
                    node,
                    kind.found,
                    named == null ? "no node that is configured" : named,
                    violations(kind));
        }
    }

    long violations(Kind kind) {
        return counter(kind).sum();
    }

    private LongAdder counter(Kind kind) {
        return Objects.requireNonNull(violations.get(kind));
    }

    /** Returns the number of violations of all kinds. */
    long violations() {
        return violations.values().stream().mapToLong(LongAdder::sum).sum();
    }
}

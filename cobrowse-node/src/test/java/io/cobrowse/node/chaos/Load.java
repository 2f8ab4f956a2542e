package io.cobrowse.node.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.node.endtoend.Browser;
import io.cobrowse.node.endtoend.Clients;
import io.cobrowse.node.endtoend.Pair;
import io.cobrowse.node.endtoend.Pair.Agent;
import io.cobrowse.node.endtoend.Pair.Transport;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.cometd.bayeux.Message;
import org.cometd.client.transport.TransportListener;
import org.eclipse.jetty.client.ContentResponse;

/**
 * Pairs that exchange messages once a second, half of them over WebSocket, and fifty new sessions a second besides.
 * Failures are recorded for the node where they happened.
 */
final class Load implements AutoCloseable {
    private static final int JOINING_AT_ONCE = 10;
    private static final long EXCHANGE_PAUSE_MILLIS = 1000;
    private static final long SESSION_PAUSE_MILLIS = 20;
    private static final String SESSIONS = "/cobrowse/rest/live/sessions";

    private final URI proxy;
    private final Clients clients;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final ExecutorService joiners = Executors.newFixedThreadPool(JOINING_AT_ONCE);
    private final CountDownLatch end = new CountDownLatch(1);
    private final Map<Pair, Future<?>> pairs = new ConcurrentHashMap<>();
    private final Map<Pair, String> owners = new ConcurrentHashMap<>();
    private final Map<Pair, String> failures = new ConcurrentHashMap<>();
    private final Set<Pair> leaving = ConcurrentHashMap.newKeySet();
    private final Set<Pair> gone = ConcurrentHashMap.newKeySet();
    private final Map<Browser, Long> firstLossNanos = new ConcurrentHashMap<>();
    private final Queue<String> sessionErrors = new ConcurrentLinkedQueue<>();
    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicLong exchanges = new AtomicLong();
    private final AtomicLong newSessions = new AtomicLong();
    private final Map<String, Long> newSessionsByOwner = new ConcurrentHashMap<>();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicLong cutOff = new AtomicLong();

    Load(URI proxy, Clients clients) {
        this.proxy = proxy;
        this.clients = clients;
    }

    /** Creates this many pairs, which join and keep exchanging messages, and starts the new sessions. */
    void begin(int count) throws Exception {
        // The first over each transport by themselves: the WebSocket client starts with the first, and fails others
        // then.
        add(1);
        add(1);
        add(count - 2);
        threads.execute(this::createSessions);
    }

    /** Adds this many pairs, each of which must succeed at the first attempt. */
    void add(int count) throws Exception {
        List<Future<Pair>> joining = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            joining.add(joiners.submit(this::join));
        }
        for (Future<Pair> joined : joining) {
            Pair pair = joined.get(120, TimeUnit.SECONDS);
            pairs.put(pair, threads.submit(() -> exchange(pair)));
        }
    }

    private Pair join() throws Exception {
        int number = numbers.getAndIncrement();
        Pair pair = new Pair(
                number,
                proxy,
                clients,
                number % 2 == 0 ? Transport.LONG_POLLING : Transport.WEB_SOCKET,
                // None by URL with a stale cookie: it may name the dead node, and the first request would be told so.
                number / 2 % 2 == 0 ? Agent.BY_COOKIE : Agent.BY_URL);
        pair.create();
        pair.join();
        listen(pair.customer());
        listen(pair.agent());
        owners.put(pair, pair.owner());
        return pair;
    }

    private void listen(Browser browser) {
        browser.comet().addTransportListener(new TransportListener() {
            @Override
            public void onFailure(Throwable failure, List<? extends Message> messages) {
                firstLossNanos.putIfAbsent(browser, System.nanoTime());
            }
        });
    }

    private void exchange(Pair pair) {
        try {
            for (int round = 0;
                    !leaving.contains(pair) && !end.await(EXCHANGE_PAUSE_MILLIS, TimeUnit.MILLISECONDS);
                    round++) {
                pair.exchange(round);
                exchanges.incrementAndGet();
            }
        } catch (InterruptedException given) {
            Thread.currentThread().interrupt();
        } catch (Exception | AssertionError failure) {
            failures.put(pair, String.valueOf(failure));
        }
    }

    private void createSessions() {
        try {
            while (!end.await(SESSION_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                threads.execute(this::createSession);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private void createSession() {
        underWay.incrementAndGet();
        try {
            ContentResponse answer = new Browser(clients).send("POST", proxy.resolve(SESSIONS));
            newSessions.incrementAndGet();
            if (wasWritten(answer)) {
                cutOff.incrementAndGet();
            } else if (answer.getStatus() == 200) {
                newSessionsByOwner.merge((String) Browser.json(answer).get("sessionServerName"), 1L, Long::sum);
            } else {
                sessionErrors.add(answer.getStatus() + " " + answer.getContentAsString());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (Exception failure) {
            if (end.getCount() > 0) {
                sessionErrors.add(String.valueOf(failure));
            }
        } finally {
            underWay.decrementAndGet();
        }
    }

    /**
     * Returns whether the request had been sent to a node that then died or was found dead, so that it is not repeated.
     */
    private static boolean wasWritten(ContentResponse answer) {
        return (answer.getStatus() == 502 && answer.getContentAsString().contains("upstream-failed"))
                || (answer.getStatus() == 503 && answer.getContentAsString().contains("node-down"));
    }

    List<Pair> pairs(Predicate<String> owner) {
        return pairs.keySet().stream()
                .filter(pair -> owner.test(owners.get(pair)))
                .toList();
    }

    /** Returns when each client of these pairs first lost its poll or its WebSocket; fails if one did not. */
    List<Long> lossNanos(List<Pair> of) {
        List<Long> nanos = new ArrayList<>();
        for (Pair pair : of) {
            for (Browser browser : List.of(pair.customer(), pair.agent())) {
                Long lost = firstLossNanos.get(browser);
                assertThat(lost).as("%s has lost its node", browser).isNotNull();
                nanos.add(lost);
            }
        }
        return nanos;
    }

    boolean haveAllLost(List<Pair> of) {
        return of.stream()
                .allMatch(pair ->
                        firstLossNanos.containsKey(pair.customer()) && firstLossNanos.containsKey(pair.agent()));
    }

    /** Ends a pair's session as its users would. */
    void finish(Pair pair) throws Exception {
        leaving.add(pair);
        pairs.remove(pair).get(60, TimeUnit.SECONDS);
        pair.leave();
        pair.disconnect();
    }

    /** Ends pairs whose node is gone. */
    void giveUp(List<Pair> lost) {
        gone.addAll(lost); // First, since their failures no longer count, even if they come late.
        for (Pair pair : lost) {
            pairs.remove(pair).cancel(true);
            pair.customer().comet().abort();
            pair.agent().comet().abort();
        }
    }

    /** Fails if anything went wrong except for pairs of this node. */
    void assertOthersWell(String node) {
        List<String> others = failures.entrySet().stream()
                .filter(failure -> !gone.contains(failure.getKey()))
                .filter(failure -> !owners.get(failure.getKey()).equals(node))
                .map(failure -> owners.get(failure.getKey()) + ": " + failure.getValue())
                .toList();
        assertThat(others).as("failures of sessions of other nodes").isEmpty();
        assertThat(sessionErrors).as("failures of new sessions").isEmpty();
    }

    /** Returns the number of new sessions that are being created. */
    int underWay() {
        return underWay.get();
    }

    long exchanges() {
        return exchanges.get();
    }

    long newSessions() {
        return newSessions.get();
    }

    /** Returns the number of new sessions on this node. */
    long newSessions(String owner) {
        return newSessionsByOwner.getOrDefault(owner, 0L);
    }

    /** Returns the number of new sessions whose request had been sent to a node that died. */
    long cutOff() {
        return cutOff.get();
    }

    @Override
    public void close() {
        end.countDown();
        pairs.keySet().forEach(pair -> {
            pair.customer().comet().abort();
            pair.agent().comet().abort();
        });
        joiners.shutdownNow();
        threads.shutdownNow();
    }
}

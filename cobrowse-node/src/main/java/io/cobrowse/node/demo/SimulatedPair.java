package io.cobrowse.node.demo;

import io.cobrowse.node.ServerUrl;
import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A customer and an agent who share one session after another, as in the vendor's guide. Each session has a new
 * customer; the agent stays the same, with the cookie of the previous session. Every second pair uses WebSocket, the
 * others long-polling. One of three agents sticks by cookie, the others by URL. Runs until its thread is interrupted.
 */
final class SimulatedPair implements Runnable {
    private static final String SESSIONS = "/cobrowse/rest/live/sessions";
    private static final String COMETD = "/cobrowse/cometd";
    private static final int MIN_SESSION_SECONDS = 20;
    private static final int MAX_SESSION_SECONDS = 60;
    private static final int MAX_PAUSE_MILLIS = 1500;
    private static final String MARKUP = "<li class=\"row\">What the customer sees now</li>\n".repeat(10);

    private final int number;
    private final URI proxy;
    private final TrafficClients clients;
    private final LongAdder sessions;
    private final LongAdder lost;
    private final Random random;
    private final SimulatedBrowser agent;
    private SimulatedBrowser customer;

    /**
     * @param sessions counts the sessions that have begun
     * @param lost counts the sessions that ended because something failed
     */
    SimulatedPair(int number, URI proxy, TrafficClients clients, LongAdder sessions, LongAdder lost) {
        this.number = number;
        this.proxy = proxy;
        this.clients = clients;
        this.sessions = sessions;
        this.lost = lost;
        this.random = new Random(number);
        this.agent = new SimulatedBrowser(clients);
        this.customer = new SimulatedBrowser(clients);
    }

    @Override
    public void run() {
        try {
            pause(); // So that the pairs do not all arrive at once.
            while (true) {
                try {
                    session();
                } catch (IOException failure) {
                    lost.increment();
                }
                agent.disconnect();
                customer.disconnect();
                customer = new SimulatedBrowser(clients);
                pause();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void session() throws IOException, InterruptedException {
        boolean webSocket = number % 2 == 0;
        customer.get("GET", proxy.resolve("/cobrowse/demo/customer.html"));
        String token =
                String.valueOf(customer.ask("POST", proxy.resolve(SESSIONS)).get("sessionToken"));
        sessions.increment();
        customer.connect(proxy.resolve(COMETD), webSocket);
        customer.call("join", joining(token, 1));
        Map<String, Object> owner = agent.ask("GET", proxy.resolve(SESSIONS + "/" + token));
        URI agentUrl = proxy;
        if (number % 3 == 0) {
            agent.stickTo(String.valueOf(owner.get("sessionServerName")), proxy);
        } else {
            agentUrl = URI.create(String.valueOf(owner.get("sessionServerUrl")));
        }
        agent.connect(ServerUrl.at(agentUrl, COMETD), webSocket);
        String user = String.valueOf(agent.call("join", joining(token, 2)).get("userToken"));
        share();
        agent.call("exit", Map.of("userToken", user));
    }

    private Map<String, Object> joining(String token, int role) {
        return Map.of("sessionToken", token, "role", role, "name", "simulated " + number);
    }

    private void share() throws IOException, InterruptedException {
        int seconds = MIN_SESSION_SECONDS + random.nextInt(MAX_SESSION_SECONDS - MIN_SESSION_SECONDS);
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        for (int n = 0; System.nanoTime() - endNanos < 0; n++) {
            customer.publish("dom", Map.of("n", n, "markup", MARKUP));
            agent.publish("pointer", Map.of("n", n, "x", random.nextInt(1000), "y", random.nextInt(1000)));
            pause();
        }
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(MAX_PAUSE_MILLIS));
    }
}

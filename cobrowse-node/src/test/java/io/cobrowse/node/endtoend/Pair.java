package io.cobrowse.node.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.node.ServerUrl;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.http.HttpStatus;

/**
 * A customer and an agent who share a session, step by step as in the vendor's guide: {@link #create}, {@link #join},
 * {@link #exchange} any number of times, {@link #leave}, {@link #disconnect}. Each step checks everything that arrives.
 */
public final class Pair {
    public enum Transport {
        LONG_POLLING,
        WEB_SOCKET,
        /** WebSocket, and long-polling if it fails. */
        WEB_SOCKET_OR_LONG_POLLING
    }

    /** The way in which the agent sticks to the owner of the session. */
    public enum Agent {
        BY_COOKIE,
        BY_URL,
        /** By URL, while the browser still has the cookie of an earlier session on another node. */
        BY_URL_WITH_STALE_COOKIE
    }

    /** The number of messages of each party in each exchange. */
    static final int MESSAGES = 5;

    private static final int MAX_LOOK_UPS = 20;
    private static final String COMETD = "/cobrowse/cometd";
    private static final String SESSIONS = "/cobrowse/rest/live/sessions";
    private static final String MARKUP =
            "<li class=\"row\">Gr\u00fc\u00dfe, \u4f60\u597d \\ \ud83d\ude00</li>\n".repeat(20);

    private final int number;
    private final URI proxy;
    private final Clients clients;
    private final Transport transport;
    private final Agent kind;
    private final Browser customer;
    private final Browser agent;
    private String token;
    private String owner;
    private String agentToken;
    private URI agentUrl;

    public Pair(int number, URI proxy, Clients clients, Transport transport, Agent kind) {
        this.number = number;
        this.proxy = proxy;
        this.clients = clients;
        this.transport = transport;
        this.kind = kind;
        this.customer = new Browser(clients);
        this.agent = new Browser(clients);
    }

    Transport transport() {
        return transport;
    }

    Agent kind() {
        return kind;
    }

    /** Returns the name of the node that owns the session, once it is created. */
    public String owner() {
        return owner;
    }

    public Browser customer() {
        return customer;
    }

    public Browser agent() {
        return agent;
    }

    /** The customer creates the session on any node, and gets the cookie. */
    public void create() throws Exception {
        Map<String, Object> created = Browser.json(customer.send("POST", proxy.resolve(SESSIONS)));
        token = (String) created.get("sessionToken");
        owner = (String) created.get("sessionServerName");
        assertThat(customer.stickiness(proxy)).isEqualTo(owner);
    }

    /** The customer joins; the agent asks any node for the owner, sticks to it and joins. */
    public void join() throws Exception {
        connect(customer, proxy.resolve(COMETD));
        joinCustomer();
        if (kind == Agent.BY_URL_WITH_STALE_COOKIE) {
            agent.stickTo(anotherNode(), proxy);
        }
        Map<String, Object> found = lookUp();
        if (kind == Agent.BY_COOKIE) {
            agent.stickTo((String) found.get("sessionServerName"), proxy);
            agentUrl = proxy;
        } else {
            agentUrl = URI.create((String) found.get("sessionServerUrl"));
        }
        connect(agent, ServerUrl.at(agentUrl, COMETD));
        joinAgent();
    }

    /** Both join again with their CometD clients, after the customer has created another session. */
    void joinAgain() throws Exception {
        joinCustomer();
        lookUp();
        joinAgent();
    }

    private void joinCustomer() throws InterruptedException {
        assertThat(customer.call("join", joining(1))).containsEntry("userId", 1L);
    }

    private void joinAgent() throws InterruptedException {
        Map<String, Object> joined = agent.call("join", joining(2));
        assertThat(joined).containsEntry("userId", 2L);
        agentToken = (String) joined.get("userToken");
        assertThat(customer.next("joined")).containsEntry("userId", 2L);
    }

    /**
     * Asks until a node knows the session. Nodes wait a second for each other's answers, which may be too short on a
     * busy machine.
     */
    private Map<String, Object> lookUp() throws Exception {
        URI uri = proxy.resolve(SESSIONS + "/" + token);
        ContentResponse response = agent.send("GET", uri);
        for (int i = 0; i < MAX_LOOK_UPS && response.getStatus() == HttpStatus.NOT_FOUND_404; i++) {
            response = agent.send("GET", uri);
        }
        Map<String, Object> found = Browser.json(response);
        assertThat(found).containsEntry("sessionServerName", owner);
        return found;
    }

    private void connect(Browser browser, URI url) {
        switch (transport) {
            case LONG_POLLING -> browser.connect(url, clients.longPolling());
            case WEB_SOCKET -> browser.connect(url, clients.webSocket());
            case WEB_SOCKET_OR_LONG_POLLING -> browser.connect(url, clients.webSocket(), clients.longPolling());
        }
    }

    private Map<String, Object> joining(int role) {
        return Map.of("sessionToken", token, "role", role, "name", "user " + number);
    }

    private String anotherNode() {
        return IntStream.rangeClosed(1, Cluster.NODES)
                .mapToObj(i -> "node-" + i)
                .filter(name -> !name.equals(owner))
                .skip(number % (Cluster.NODES - 1))
                .findFirst()
                .orElseThrow();
    }

    /**
     * Sends DOM changes to the agent and pointer events to the customer, and checks that exactly these arrive. Over
     * WebSocket, both directions are used at once; over long-polling, one after the other, since CometD keeps no order
     * between messages in answers to polls and in answers to a client's own messages.
     */
    public void exchange(int round) throws Exception {
        List<Map<String, Object>> changes = events("dom", round);
        List<Map<String, Object>> moves = events("pointer", round);
        CompletableFuture<Void> changed = customer.publish("dom", changes);
        if (transport != Transport.WEB_SOCKET) {
            changed.join();
            receive(agent, "dom", changes);
        }
        CompletableFuture<Void> moved = agent.publish("pointer", moves);
        if (transport == Transport.WEB_SOCKET) {
            changed.join();
            receive(agent, "dom", changes);
        }
        moved.join();
        receive(customer, "pointer", moves);
    }

    private List<Map<String, Object>> events(String kind, int round) {
        return IntStream.range(0, MESSAGES)
                .mapToObj(i -> Map.<String, Object>of(
                        "of", kind, "pair", (long) number, "round", (long) round, "n", (long) i, "markup", MARKUP))
                .toList();
    }

    /**
     * Checks in any order. CometD's server takes messages off a session's queue and passes them to the connection in
     * two steps, between which another thread that delivers to the same session may overtake.
     */
    private static void receive(Browser receiver, String channel, List<Map<String, Object>> expected)
            throws InterruptedException {
        List<Map<String, Object>> received = new ArrayList<>();
        while (received.size() < expected.size()) {
            received.add(receiver.next(channel));
        }
        assertThat(received).containsExactlyInAnyOrderElementsOf(expected);
    }

    /** The agent ends the session: every second agent exits, the others stop it over REST. */
    public void leave() throws Exception {
        if (number % 2 == 0) {
            assertThat(agent.call("exit", Map.of("userToken", agentToken))).isEmpty();
        } else {
            String path = "/cobrowse/rest/live/users/" + agentToken + "/session/stop";
            assertThat(Browser.json(agent.send("GET", ServerUrl.at(agentUrl, path))))
                    .containsKey("deactivationTime");
            assertThat(agent.next("deactivated")).containsEntry("sessionToken", token);
        }
        assertThat(customer.next("deactivated")).containsEntry("sessionToken", token);
    }

    /** Both clients disconnect. */
    public void disconnect() {
        customer.disconnect();
        agent.disconnect();
    }

    @Override
    public String toString() {
        return "pair " + number + " on " + owner + ", customer " + customer + ", agent " + agent;
    }
}

package io.cobrowse.sticky.proxy.exchange;

import io.cobrowse.sticky.filter.RoutingAnswers;
import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.io.EventLoop;
import io.cobrowse.sticky.proxy.message.SetCookieRules;
import io.cobrowse.sticky.proxy.tunnel.Tunnels;
import io.cobrowse.sticky.proxy.upstream.Upstreams;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.eclipse.jetty.server.Request;

/** Starts exchanges, and knows the listeners to notify. Thread-safe. */
public final class Exchanges {
    private final Upstreams upstreams;
    private final Tunnels tunnels;
    private final Router router;
    private final RoutingAnswers answers;
    private final List<OutcomeListener> listeners = new CopyOnWriteArrayList<>();
    private volatile SetCookieRules cookies = SetCookieRules.NONE;
    private volatile Predicate<Request> keepsBodies = request -> false;
    private volatile AttemptListener attempts = (node, cause) -> {};

    public Exchanges(Upstreams upstreams, Tunnels tunnels, Router router, RoutingAnswers answers) {
        this.upstreams = upstreams;
        this.tunnels = tunnels;
        this.router = router;
        this.answers = answers;
    }

    /**
     * Starts an exchange: makes its request asynchronous, and returns. Never blocks.
     *
     * @param route where the request goes; the exchange ends the node's count
     */
    public void start(Route route, HttpServletRequest request, HttpServletResponse response) {
        ClientSide client = new ClientSide(request, response, cookies);
        EventLoop loop = upstreams.loop(client.endPoint());
        Exchange exchange = new Exchange(this, loop, upstreams.of(loop), client, route);
        // When this returns, Jetty handles the failure its own way, unless the request has ended.
        client.startAsync(failure -> loop.runAndWait(() -> exchange.bodyFailed(failure)));
        StickinessFilter.takeRoute(request); // From now on; where the above fails, the filter ends the count.
        loop.run(exchange::begin);
    }

    /** Adds a listener that is notified of every exchange that ends from now on. */
    public void addListener(OutcomeListener listener) {
        listeners.add(listener);
    }

    /** Sets the listener that is notified of nodes that fail requests. */
    public void setAttemptListener(AttemptListener listener) {
        attempts = listener;
    }

    /** Sets the rules for the cookies that nodes set. */
    public void setCookieRules(SetCookieRules rules) {
        cookies = rules;
    }

    /** Sets for which requests the first bytes of both bodies are kept for the listeners. */
    public void setBodiesKept(Predicate<Request> kept) {
        keepsBodies = kept;
    }

    boolean keepsBodies(Request request) {
        return keepsBodies.test(request);
    }

    SetCookieRules cookies() {
        return cookies;
    }

    /** Notifies all listeners. Allocates nothing if there are none. */
    void tell(Outcome outcome) {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).ended(outcome);
        }
    }

    void attemptFailed(Node node, Throwable cause) {
        attempts.failed(node, cause);
    }

    Upstreams upstreams() {
        return upstreams;
    }

    Tunnels tunnels() {
        return tunnels;
    }

    Router router() {
        return router;
    }

    RoutingAnswers answers() {
        return answers;
    }
}

package io.cobrowse.sticky.filter;

import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.RequestKind;
import io.cobrowse.sticky.routing.Route;
import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Routes each request: forwards it down the chain with its {@link Route} as the one request attribute
 * {@link #ROUTE_ATTRIBUTE}, or answers it itself if no node can serve it.
 *
 * <p>The node's {@linkplain Node#begin() request} is counted from the decision until the request is complete, or until
 * whoever {@linkplain #takeRoute takes the route} ends it. Only {@link DispatcherType#REQUEST} dispatches are routed.
 * Neither the body nor a parsed form of the request is touched: no {@code getParameter}, no {@code getCookies}.
 *
 * <p>The filter does not check the health of nodes: every node counts as ready until another state is set. To set one, get the router
 * from the {@code ServletContext} by {@link #router(ServletContext)}:
 * {@code router.update(table -> table.withState("1", NodeState.DOWN))}.
 *
 * <p>There are two ways to configure it: in code with a {@link Router}, or by init-params with the names and meanings of the keys of
 * the configuration file. If requests may become asynchronous, register it with {@code async-supported}. A context has one router,
 * and a request passes one filter. Thread-safe.
 *
 * <table>
 *   <caption>The init-params; all except nodes are optional</caption>
 *   <tr><th>name<th>value<th>default
 *   <tr><td>nodes<td>one a line, or with commas: {@code id [cookie|cookie...] url [weight=1..256] [backup]}<td>
 *   <tr><td>cookie<td>a cookie's name<td>{@code gcbSessionServer}
 *   <tr><td>query-parameter<td>a query parameter's name<td>{@code co-browse-node-id}
 *   <tr><td>header<td>a request field's name; off by default<td>
 *   <tr><td>route-suffix<td>true, false<td>false
 *   <tr><td>on-node-down<td>notify, rebalance<td>notify
 *   <tr><td>on-unknown-node<td>reject, balance<td>reject
 *   <tr><td>session-start<td>{@code METHOD /path}, one a line, or with commas<td>{@link io.cobrowse.sticky.routing.SessionStart#DEFAULTS}
 *   <tr><td>any-node<td>{@code METHOD /path}, where {@code *} is one segment and a last {@code /**} all below; one a line,
 *       or with commas<td>{@link io.cobrowse.sticky.routing.AnyNode#DEFAULTS}
 *   <tr><td>referer<td>true, false<td>false
 *   <tr><td>cookie-path<td>a path<td>{@code /}
 *   <tr><td>cookie-domain<td>a domain; none by default<td>
 *   <tr><td>cookie-attributes<td>such as {@code SameSite=None; Secure}; none by default<td>
 *   <tr><td>expose-route<td>true, false<td>false
 *   <tr><td>balance<td>round-robin, least-active, random-two<td>round-robin
 *   <tr><td>cors-errors<td>reflect, off, or origins, one a line, or with commas<td>reflect
 *   <tr><td>retry-after<td>seconds, 1 or more<td>4
 * </table>
 */
public final class StickinessFilter implements Filter {

    /** Name of the request attribute that holds the {@link Route}. */
    public static final String ROUTE_ATTRIBUTE = Route.class.getName();

    /** Name of the attribute of the {@code ServletContext} that holds the {@link Router}. */
    public static final String ROUTER_ATTRIBUTE = Router.class.getName();

    /** Default seconds of {@code Retry-After}: a node comes up after two checks, two seconds apart. */
    public static final int DEFAULT_RETRY_AFTER_SECONDS = 4;

    private @Nullable Router router;
    private @Nullable RoutingAnswers answers;
    private @Nullable ServletContext context;

    /** Creates a filter that {@link #init} configures by init-params. */
    public StickinessFilter() {}

    /** Creates a filter that routes by this router. */
    public StickinessFilter(Router router) {
        this(router, DEFAULT_RETRY_AFTER_SECONDS);
    }

    /**
     * Creates a filter that routes by this router.
     *
     * @param retryAfterSeconds value of {@code Retry-After}, at least 1
     */
    public StickinessFilter(Router router, int retryAfterSeconds) {
        this(router, new RoutingAnswers(router, retryAfterSeconds));
    }

    /** Creates a filter that routes by this router, and shares its answers with other components. */
    public StickinessFilter(Router router, RoutingAnswers answers) {
        this.router = router;
        this.answers = answers;
    }

    /**
     * Configures the filter by init-params, unless it was made with a router, and puts the router into the {@code ServletContext}.
     *
     * @throws ServletException if one is wrong, unknown or missing; the message has one line for each error: name, value,
     *     what is allowed; or if another filter of the context has another router
     */
    @Override
    public void init(FilterConfig config) throws ServletException {
        if (router == null) {
            InitParameters parameters = InitParameters.read(config);
            router = parameters.router();
            RoutingAnswers configured = new RoutingAnswers(parameters.router(), parameters.retryAfterSeconds());
            configured.setCors(parameters.corsErrors());
            answers = configured;
        }
        publish(router, config);
    }

    private void publish(Router router, FilterConfig config) throws ServletException {
        ServletContext given = config.getServletContext();
        Router other = router(given);
        if (other != null && other != router) {
            throw new ServletException("StickinessFilter \"" + config.getFilterName()
                    + "\": another StickinessFilter of this context has a Router of its own. Map one filter to all the paths, or give"
                    + " both the same Router");
        }
        given.setAttribute(ROUTER_ATTRIBUTE, router);
        context = given;
    }

    @Override
    public void destroy() {
        if (context != null) {
            context.removeAttribute(ROUTER_ATTRIBUTE);
        }
    }

    /** Returns the router of a context's filter; null if it has none. */
    public static @Nullable Router router(ServletContext context) {
        return (Router) context.getAttribute(ROUTER_ATTRIBUTE);
    }

    /**
     * Returns the router, whose table may be changed.
     *
     * @throws NullPointerException if the filter is not configured
     */
    public Router router() {
        return Objects.requireNonNull(router, "StickinessFilter is not initialised");
    }

    /**
     * Hands a request's route, and the duty to call {@link Node#end()}, over to the caller. Must be called before the
     * request is complete.
     *
     * @return the route, or null if there is none or it has already been taken
     */
    public static @Nullable Route takeRoute(HttpServletRequest request) {
        Route route = (Route) request.getAttribute(ROUTE_ATTRIBUTE);
        if (route != null) {
            request.removeAttribute(ROUTE_ATTRIBUTE);
        }
        return route;
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getDispatcherType() == DispatcherType.REQUEST
                && request instanceof HttpServletRequest httpRequest
                && response instanceof HttpServletResponse httpResponse) {
            doFilter(httpRequest, httpResponse, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(ROUTE_ATTRIBUTE) != null) { // Otherwise the node's count would go up twice.
            throw new ServletException(
                    "A StickinessFilter has routed this request already: map one filter, once, to each path");
        }
        RoutingAnswers answers = Objects.requireNonNull(this.answers);
        Route route = route(request);
        Node node = route.node();
        if (route.outcome() != Outcome.FORWARD || node == null) {
            request.setAttribute(ROUTE_ATTRIBUTE, route); // For the log of requests that are not forwarded.
            answers.send(route, request, response);
            return;
        }
        answers.expose(route, response);
        request.setAttribute(ROUTE_ATTRIBUTE, route);
        node.begin();
        try {
            chain.doFilter(request, response);
        } finally {
            RouteEnd.whenComplete(request);
        }
    }

    private Route route(HttpServletRequest request) {
        Router router = router();
        Stickiness stickiness = router.stickiness();
        String header = stickiness.header();
        return router.route(
                request.getMethod(),
                request.getRequestURI(),
                request.getQueryString(),
                stickiness.referer() ? request.getHeader("Referer") : null,
                request.getHeaders("Cookie"),
                header == null ? null : request.getHeaders(header),
                kind(request));
    }

    /** Returns how routing classifies a request. */
    public static RequestKind kind(HttpServletRequest request) {
        return RequestKind.of(request.getMethod(), request, HttpServletRequest::getHeader);
    }
}

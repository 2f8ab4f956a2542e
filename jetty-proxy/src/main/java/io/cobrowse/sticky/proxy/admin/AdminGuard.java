package io.cobrowse.sticky.proxy.admin;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides which requests reach the admin interface. Without a token, every process on this machine has access, and so
 * has every browser on this machine, whatever site its page comes from. Three rules therefore protect against such
 * pages. The {@code Host} must be one of this listener, since another site can make one of its names resolve to this
 * address (DNS rebinding). The {@code Origin} of a request that changes something must be this listener. Its content
 * type must be JSON, which a page may send to another site only if that site permits it, and this one never does.
 *
 * <p>A wrong token is answered after a delay. While several such answers to an address are pending, its tokens are not
 * checked. Thread-safe; never blocks.
 */
public final class AdminGuard extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(AdminGuard.class);

    /** RFC 9110, 11.1: the scheme is case-insensitive. */
    private static final String SCHEME = "Bearer ";

    /** Matches only addresses: no host name ends in a number (RFC 1123, 2.1) or has brackets. */
    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.]+]");

    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final long WRONG_TOKEN_DELAY_MILLIS = 1000;
    private static final int MAX_WAITING_OF_AN_ADDRESS = 5;
    private static final int MAX_ADDRESSES = 1000;

    private final String name;
    private final @Nullable String token;
    /** The number of delayed answers to wrong tokens, by address. */
    private final Map<String, Integer> waiting = new ConcurrentHashMap<>();

    /**
     * Creates a guard.
     *
     * @param name the host that the admin listener is configured with; a {@code Host} may be this name
     * @param token the bearer token that everything but liveness, readiness and the dashboard requires; null if none is
     *     required
     */
    public AdminGuard(String name, @Nullable String token, Handler guarded) {
        super(guarded);
        this.name = name.toLowerCase(Locale.ROOT);
        this.token = token;
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = Request.getPathInContext(request);
        String host = request.getHeaders().get(HttpHeader.HOST);
        if (!isOurs(host) || !isOurs(request.getHttpURI().getHost())) {
            refuse(
                    421,
                    "misdirected-request",
                    "The host has to be an IP address, localhost, or the configured host of the admin listener.",
                    response,
                    callback);
        } else if (path.equals("/livez") || path.equals("/readyz") || PageResource.isPage(path)) {
            return super.handle(request, response, callback);
        } else if (!isAuthorized(request)) {
            refuseToken(request, response, callback);
        } else if (!isRead(request) && !isOfOurs(request.getHeaders().get(HttpHeader.ORIGIN), host)) {
            refuse(403, "forbidden", "A page of another site may not change anything.", response, callback);
        } else if (!isRead(request) && !isJson(request)) {
            refuse(415, "unsupported-media-type", "Content-Type has to be application/json.", response, callback);
        } else {
            return super.handle(request, response, callback);
        }
        return true;
    }

    /** Returns whether a {@code Host} names this listener; null does too, since browsers always send one. */
    private boolean isOurs(@Nullable String host) {
        if (host == null) {
            return true;
        }
        String withoutPort = PORT.matcher(host).replaceFirst("").toLowerCase(Locale.ROOT);
        return ADDRESS.matcher(withoutPort).matches() || withoutPort.equals("localhost") || withoutPort.equals(name);
    }

    private static boolean isRead(Request request) {
        String method = request.getMethod();
        return HttpMethod.GET.is(method) || HttpMethod.HEAD.is(method) || HttpMethod.OPTIONS.is(method);
    }

    private static boolean isOfOurs(@Nullable String origin, @Nullable String host) {
        return origin == null
                || (host != null
                        && (origin.equalsIgnoreCase("http://" + host) || origin.equalsIgnoreCase("https://" + host)));
    }

    private static boolean isJson(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && "application/json".equalsIgnoreCase(MimeTypes.getContentTypeWithoutCharset(type));
    }

    private boolean isAuthorized(Request request) {
        String required = token;
        String given = request.getHeaders().get(HttpHeader.AUTHORIZATION);
        return required == null
                || (given != null
                        && waiting.getOrDefault(address(request), 0) < MAX_WAITING_OF_AN_ADDRESS
                        && given.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        && MessageDigest.isEqual(bytes(required), bytes(given.substring(SCHEME.length()))));
    }

    private void refuseToken(Request request, Response response, Callback callback) {
        String address = address(request);
        if (!request.getHeaders().contains(HttpHeader.AUTHORIZATION)) {
            unauthorized(response, callback);
        } else if (!enter(address)) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, "1");
            refuse(429, "too-many-requests", "Too many wrong tokens came from this address.", response, callback);
        } else {
            LOG.warn("A wrong admin token came from {}", address);
            request.getComponents()
                    .getScheduler()
                    .schedule(
                            () -> {
                                waiting.computeIfPresent(address, (key, count) -> count > 1 ? count - 1 : null);
                                unauthorized(response, callback);
                            },
                            WRONG_TOKEN_DELAY_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
    }

    private boolean enter(String address) {
        if (waiting.size() >= MAX_ADDRESSES && !waiting.containsKey(address)) {
            return false;
        }
        boolean[] entered = {false};
        waiting.compute(address, (key, count) -> {
            entered[0] = count == null || count < MAX_WAITING_OF_AN_ADDRESS;
            return entered[0] ? (count == null ? 1 : count + 1) : count;
        });
        return entered[0];
    }

    private static String address(Request request) {
        SocketAddress peer = request.getConnectionMetaData().getRemoteSocketAddress();
        return peer instanceof InetSocketAddress inet ? inet.getAddress().getHostAddress() : String.valueOf(peer);
    }

    private static void unauthorized(Response response, Callback callback) {
        response.getHeaders().put(HttpHeader.WWW_AUTHENTICATE, "Bearer");
        refuse(401, "unauthorized", "The bearer token is missing or wrong.", response, callback);
    }

    private static void refuse(int status, String type, String detail, Response response, Callback callback) {
        AdminHandler.problem(status, type, detail, response, callback);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

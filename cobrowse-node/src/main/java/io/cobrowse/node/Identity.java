package io.cobrowse.node;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.http.HttpCookie;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/** The identity of a node by cookie and by URL, and whether a request names it. Thread-safe. */
final class Identity {
    /** The node that a request names. */
    enum Named {
        NOBODY,
        THIS_NODE,
        ANOTHER_NODE
    }

    private final String name;
    private final String cookie;
    private volatile @Nullable URI serverUrl;

    /** @param cookie name of the stickiness cookie; its value is the node's name */
    Identity(String name, String cookie) {
        this.name = name;
        this.cookie = cookie;
    }

    String name() {
        return name;
    }

    void serverUrl(@Nullable URI url) {
        serverUrl = url;
    }

    /** Returns the value of the {@code Set-Cookie} field that makes a browser stick to this node. */
    String setCookie() {
        return cookie + "=" + name + "; Path=/";
    }

    /** Returns the answer to the creation of a session. */
    Map<String, Object> created(String sessionToken) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("sessionToken", sessionToken);
        answer.put("sessionServerName", name);
        return answer;
    }

    /** Returns the answer to a look-up of a session that this node owns. */
    Map<String, Object> owned(String sessionToken) {
        Map<String, Object> answer = created(sessionToken);
        URI url = serverUrl;
        if (url != null) {
            answer.put("sessionServerUrl", url.toString());
        }
        return answer;
    }

    /**
     * Returns the node that the query names, by the first parameter of the server URL's query. Without a server URL, a
     * query names no node.
     */
    Named byQuery(Request request) {
        URI url = serverUrl;
        String query = request.getHttpURI().getQuery();
        if (url == null || url.getRawQuery() == null || query == null) {
            return Named.NOBODY;
        }
        String own = url.getRawQuery().split("&", 2)[0];
        String prefix = own.substring(0, own.indexOf('=') + 1);
        Named named = Named.NOBODY;
        for (String pair : query.split("&", -1)) {
            if (!prefix.isEmpty() && pair.startsWith(prefix) && pair.length() > prefix.length()) {
                if (decode(pair).equals(own)) {
                    return Named.THIS_NODE;
                }
                named = Named.ANOTHER_NODE;
            }
        }
        return named;
    }

    /**
     * Returns the node that the stickiness cookies name: this node if any of them names it, with or without a route's
     * prefix.
     */
    Named byCookie(Request request) {
        Named named = Named.NOBODY;
        List<HttpCookie> cookies = Request.getCookies(request);
        for (HttpCookie candidate : cookies) {
            String value = candidate.getValue();
            if (candidate.getName().equals(cookie) && value != null && !value.isEmpty()) {
                if (value.equals(name) || value.endsWith("." + name)) {
                    return Named.THIS_NODE;
                }
                named = Named.ANOTHER_NODE;
            }
        }
        return named;
    }

    /** Decodes percent codes. A plus stays a plus, and what cannot be decoded stays unchanged. */
    private static String decode(String pair) {
        try {
            return URLDecoder.decode(pair.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return pair;
        }
    }
}

package io.cobrowse.node;

import java.net.URI;

/**
 * A node's public URL, such as {@code http://load-balancer?co-browse-node-id=1}, and how a client builds a request's
 * URL from it: it inserts the request's path and keeps the query.
 */
public final class ServerUrl {
    private ServerUrl() {}

    /**
     * Returns the URL of a request to the node behind a server URL:
     * {@code http://lb/cobrowse/cometd?co-browse-node-id=1}.
     *
     * @param path begins with a slash; replaces a path that the server URL may have
     */
    public static URI at(URI serverUrl, String path) {
        String query = serverUrl.getRawQuery();
        return URI.create(serverUrl.getScheme()
                + "://"
                + serverUrl.getRawAuthority()
                + path
                + (query == null ? "" : "?" + query));
    }

    /** @throws IllegalArgumentException if this is no absolute HTTP URL with a host, or has a fragment */
    static URI check(String option, URI url) {
        boolean http = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
        if (!http || url.getHost() == null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    option + ": '" + url + "' is not an http or https URL with a host and without a fragment");
        }
        return url;
    }
}

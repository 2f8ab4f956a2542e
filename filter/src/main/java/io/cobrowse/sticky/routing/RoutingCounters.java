package io.cobrowse.sticky.routing;

/**
 * How many requests a {@link Router} has decided in each way since it was created. The counts are read one after
 * another, so a decision made meanwhile may be in some and not in others.
 *
 * @param byUrl forwarded to the node that the URL names
 * @param byReferer forwarded to the node that the URL in the {@code Referer} names
 * @param byCookie forwarded to the node that the cookie names
 * @param byHeader forwarded to the node that the header names
 * @param byNone forwarded to the node that the balancer chose, or to the replacement of a node that is gone
 * @param conflicts URL and cookie named different known nodes (R7), or two cookies did and the first names a node that
 *     cannot serve (R3)
 * @param unknownIds the URL named no known node (R8)
 * @param unknownCookies there were cookies, and none named a known node (R9)
 * @param unknownHeaders the header was read and named no known node (R9)
 * @param nodeDown answered that the node is gone (R10)
 * @param noNode answered that no node can serve (R18)
 */
public record RoutingCounters(
        long byUrl,
        long byReferer,
        long byCookie,
        long byHeader,
        long byNone,
        long conflicts,
        long unknownIds,
        long unknownCookies,
        long unknownHeaders,
        long nodeDown,
        long noNode) {}

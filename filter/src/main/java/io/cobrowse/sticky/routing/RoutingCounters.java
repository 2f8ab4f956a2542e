package io.cobrowse.sticky.routing;

/**
 * What a {@link Router} has decided since it was made, in requests. The counts are read one after the other: decisions
 * made meanwhile may be in some and not in others.
 *
 * @param byUrl forwarded where the URL says
 * @param byReferer forwarded where the URL in the {@code Referer} says
 * @param byCookie forwarded where the cookie says
 * @param byHeader forwarded where the header says
 * @param byNone forwarded where the balancer says, or to the replacement of a node that is gone
 * @param conflicts URL and cookie named different known nodes (R7), or two cookies did of which the first names a node that
 *     cannot serve (R3)
 * @param unknownIds the URL named no known node (R8)
 * @param unknownCookies there were cookies, and none named a known node (R9)
 * @param unknownHeaders the header was looked at, and named no known node (R9)
 * @param nodeDown answered that the node is gone (R10)
 * @param noNode answered that there is nobody to serve (R18)
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

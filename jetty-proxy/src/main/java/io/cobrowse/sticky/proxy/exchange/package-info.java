/** Forwarding of one exchange between a client and a node, and the connections to the nodes. */
@NullMarked
package io.cobrowse.sticky.proxy.exchange;

import org.jspecify.annotations.NullMarked;

/** Connections to the nodes: one pool a node and loop, limits, retries, and names. */
@NullMarked
package io.cobrowse.sticky.proxy.upstream;

import org.jspecify.annotations.NullMarked;

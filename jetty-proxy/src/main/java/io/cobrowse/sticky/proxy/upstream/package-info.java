/** Connections to the nodes: one pool per node and loop, limits, retries, and name resolution. */
@NullMarked
package io.cobrowse.sticky.proxy.upstream;

import org.jspecify.annotations.NullMarked;

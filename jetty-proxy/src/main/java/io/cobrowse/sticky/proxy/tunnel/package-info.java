/** Tunnels: pass the bytes of a WebSocket between a client and its node. */
@NullMarked
package io.cobrowse.sticky.proxy.tunnel;

import org.jspecify.annotations.NullMarked;

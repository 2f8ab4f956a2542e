/** Forwards one exchange between a client and a node. */
@NullMarked
package io.cobrowse.sticky.proxy.exchange;

import org.jspecify.annotations.NullMarked;

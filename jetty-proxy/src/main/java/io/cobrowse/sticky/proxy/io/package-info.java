/** Sockets: the event loops that serve them, end points that notice how they end, and what a loop remembers of heads. */
@NullMarked
package io.cobrowse.sticky.proxy.io;

import org.jspecify.annotations.NullMarked;

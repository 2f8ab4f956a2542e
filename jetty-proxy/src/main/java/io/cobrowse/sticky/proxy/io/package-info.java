/** Sockets: the event loops that serve them, and end points that notice how they end. */
@NullMarked
package io.cobrowse.sticky.proxy.io;

import org.jspecify.annotations.NullMarked;

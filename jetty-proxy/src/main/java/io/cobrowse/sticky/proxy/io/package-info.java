/**
 * Sockets: the event loops that serve them, end points that notice how they end, and the header fields that a loop
 * remembers.
 */
@NullMarked
package io.cobrowse.sticky.proxy.io;

import org.jspecify.annotations.NullMarked;

/** Heads of messages: parsing, encoding, and removing hop-by-hop fields. */
@NullMarked
package io.cobrowse.sticky.proxy.message;

import org.jspecify.annotations.NullMarked;

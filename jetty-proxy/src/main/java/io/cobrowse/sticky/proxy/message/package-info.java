/** Heads of messages: parsed, encoded, and rid of what ends at a proxy. */
@NullMarked
package io.cobrowse.sticky.proxy.message;

import org.jspecify.annotations.NullMarked;

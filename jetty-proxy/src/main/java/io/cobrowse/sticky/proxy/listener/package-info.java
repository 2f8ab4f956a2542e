/** The client's side: connectors that notice when a client goes away, limits, and errors as problem documents. */
@NullMarked
package io.cobrowse.sticky.proxy.listener;

import org.jspecify.annotations.NullMarked;

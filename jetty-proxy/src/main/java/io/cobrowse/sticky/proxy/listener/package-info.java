/** The client's side: connectors that notice a client's going away, limits, and errors as problem documents. */
@NullMarked
package io.cobrowse.sticky.proxy.listener;

import org.jspecify.annotations.NullMarked;

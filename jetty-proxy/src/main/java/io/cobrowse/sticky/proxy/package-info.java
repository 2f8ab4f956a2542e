/** The sticky reverse proxy: the embeddable component and server, and the servlet in them. */
@NullMarked
package io.cobrowse.sticky.proxy;

import org.jspecify.annotations.NullMarked;

/** The sticky reverse proxy: the servlet and the embeddable server around it. */
@NullMarked
package io.cobrowse.sticky.proxy;

import org.jspecify.annotations.NullMarked;

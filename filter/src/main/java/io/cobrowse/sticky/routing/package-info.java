/** Chooses the node that serves a request: tables, routes, balancers. */
@NullMarked
package io.cobrowse.sticky.routing;

import org.jspecify.annotations.NullMarked;

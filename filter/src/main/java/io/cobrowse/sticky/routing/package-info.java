/** From a slice of the request to the node that serves it: tables, routes, balancers. */
@NullMarked
package io.cobrowse.sticky.routing;

import org.jspecify.annotations.NullMarked;

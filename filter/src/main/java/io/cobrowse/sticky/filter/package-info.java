/** The servlet adapter: a filter that routes, and the answers that it sends if a request cannot be forwarded. */
@NullMarked
package io.cobrowse.sticky.filter;

import org.jspecify.annotations.NullMarked;

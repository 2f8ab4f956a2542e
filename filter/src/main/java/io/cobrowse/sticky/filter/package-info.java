/** The servlet adapter: a filter that routes, and the answers it gives where nothing can be forwarded. */
@NullMarked
package io.cobrowse.sticky.filter;

import org.jspecify.annotations.NullMarked;

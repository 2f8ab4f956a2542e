/** Finds a value in a header field or a query string, as a slice. Imports {@code java.*} only. */
@NullMarked
package io.cobrowse.sticky.scan;

import org.jspecify.annotations.NullMarked;

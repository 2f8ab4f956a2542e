/** Finds a value in a header field or a query string, as a slice. Imports only {@code java.*}. */
@NullMarked
package io.cobrowse.sticky.scan;

import org.jspecify.annotations.NullMarked;

/** Reports: one HTML file each, which needs nothing else. The answer stands in the first line. */
@NullMarked
package io.cobrowse.measuring.report;

import org.jspecify.annotations.NullMarked;

/** Reports: one HTML file each, which needs nothing else. The first line gives the result. */
@NullMarked
package io.cobrowse.measuring.report;

import org.jspecify.annotations.NullMarked;

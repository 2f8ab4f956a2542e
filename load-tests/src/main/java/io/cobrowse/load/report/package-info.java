/** The report, one HTML file that needs nothing else. */
@NullMarked
package io.cobrowse.load.report;

import org.jspecify.annotations.NullMarked;

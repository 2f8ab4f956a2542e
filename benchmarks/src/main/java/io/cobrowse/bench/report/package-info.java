/** What every report says of the machine, and how it is written. */
@NullMarked
package io.cobrowse.bench.report;

import org.jspecify.annotations.NullMarked;

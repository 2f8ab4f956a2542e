/** Compares two measurements of the suite, by a rule that noise does not trip. */
@NullMarked
package io.cobrowse.bench.gate;

import org.jspecify.annotations.NullMarked;

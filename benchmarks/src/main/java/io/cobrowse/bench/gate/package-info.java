/** Compares two measurements of the suite by a rule that tolerates noise. */
@NullMarked
package io.cobrowse.bench.gate;

import org.jspecify.annotations.NullMarked;

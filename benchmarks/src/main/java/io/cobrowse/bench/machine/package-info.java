/** The machine: its cores and the programs that are installed on it. */
@NullMarked
package io.cobrowse.bench.machine;

import org.jspecify.annotations.NullMarked;

/** The command line: {@code bin/cobrowse-bench}. */
@NullMarked
package io.cobrowse.bench.cli;

import org.jspecify.annotations.NullMarked;

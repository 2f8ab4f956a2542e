/** The command line: {@code bin/cobrowse-load}. */
@NullMarked
package io.cobrowse.load.cli;

import org.jspecify.annotations.NullMarked;

/** The command line: {@code run}, {@code check} and {@code nodes}. */
@NullMarked
package io.cobrowse.sticky.proxy.cli;

import org.jspecify.annotations.NullMarked;

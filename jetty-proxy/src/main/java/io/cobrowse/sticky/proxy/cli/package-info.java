/** The command line of the proxy. */
@NullMarked
package io.cobrowse.sticky.proxy.cli;

import org.jspecify.annotations.NullMarked;

/** The command line of the reference node and of the demo. */
@NullMarked
package io.cobrowse.node.cli;

import org.jspecify.annotations.NullMarked;

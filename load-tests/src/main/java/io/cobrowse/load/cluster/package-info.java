/** Runs nodes and a proxy as processes of this machine. */
@NullMarked
package io.cobrowse.load.cluster;

import org.jspecify.annotations.NullMarked;

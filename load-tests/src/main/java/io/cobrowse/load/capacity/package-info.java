/** How many sessions a proxy and a node carry, and how many of them a number of sessions takes. */
@NullMarked
package io.cobrowse.load.capacity;

import org.jspecify.annotations.NullMarked;

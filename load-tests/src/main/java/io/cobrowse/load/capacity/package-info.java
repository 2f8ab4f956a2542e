/** Measures how many sessions a proxy and a node carry, and calculates how many of them a number of sessions needs. */
@NullMarked
package io.cobrowse.load.capacity;

import org.jspecify.annotations.NullMarked;

/** The journeys of customers and agents, in Gatling's terms, and the checks along the way. */
@NullMarked
package io.cobrowse.load.journey;

import org.jspecify.annotations.NullMarked;

/** The customers' and the agents' journeys, in Gatling's terms, and what is checked on the way. */
@NullMarked
package io.cobrowse.load.journey;

import org.jspecify.annotations.NullMarked;

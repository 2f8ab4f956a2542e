/** The settings of a load, and the limits at which a run fails. */
@NullMarked
package io.cobrowse.load.settings;

import org.jspecify.annotations.NullMarked;

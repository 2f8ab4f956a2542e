/** What the load is made of, and when a run fails. */
@NullMarked
package io.cobrowse.load.settings;

import org.jspecify.annotations.NullMarked;

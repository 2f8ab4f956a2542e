/** Runs a profile, from starting the processes to the verdict. */
@NullMarked
package io.cobrowse.load.run;

import org.jspecify.annotations.NullMarked;

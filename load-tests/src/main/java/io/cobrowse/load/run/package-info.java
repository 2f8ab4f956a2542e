/** One run of a profile, from the processes to the verdict. */
@NullMarked
package io.cobrowse.load.run;

import org.jspecify.annotations.NullMarked;

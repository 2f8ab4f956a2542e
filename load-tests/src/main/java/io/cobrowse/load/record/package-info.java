/** The records of an injector, and how those of several injectors are combined. */
@NullMarked
package io.cobrowse.load.record;

import org.jspecify.annotations.NullMarked;

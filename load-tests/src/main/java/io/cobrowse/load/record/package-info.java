/** What an injector writes down, and how several injectors' notes are put together. */
@NullMarked
package io.cobrowse.load.record;

import org.jspecify.annotations.NullMarked;

/** Benchmarks of the parts of a routing decision, and of what else could do the same. */
@NullMarked
package io.cobrowse.bench.micro;

import org.jspecify.annotations.NullMarked;

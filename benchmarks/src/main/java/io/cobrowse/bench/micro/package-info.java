/** Benchmarks of the parts of a routing decision, and of alternatives to them. */
@NullMarked
package io.cobrowse.bench.micro;

import org.jspecify.annotations.NullMarked;

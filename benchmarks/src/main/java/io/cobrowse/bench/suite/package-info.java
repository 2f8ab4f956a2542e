/** Runs the JMH benchmarks, and keeps their measurements. */
@NullMarked
package io.cobrowse.bench.suite;

import org.jspecify.annotations.NullMarked;

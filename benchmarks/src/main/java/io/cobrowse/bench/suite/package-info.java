/** Runs the JMH benchmarks and keeps what they measure. */
@NullMarked
package io.cobrowse.bench.suite;

import org.jspecify.annotations.NullMarked;

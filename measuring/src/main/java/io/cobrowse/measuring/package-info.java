/**
 * Code that benchmarks and load tests share: the machine, processes, and the resources they use. Classes that need
 * Linux say so.
 */
@NullMarked
package io.cobrowse.measuring;

import org.jspecify.annotations.NullMarked;

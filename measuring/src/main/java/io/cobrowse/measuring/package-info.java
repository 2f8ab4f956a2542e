/** What benchmarks and load tests share: the machine, processes, and what they use. Linux is assumed where a class says so. */
@NullMarked
package io.cobrowse.measuring;

import org.jspecify.annotations.NullMarked;

/**
 * The code inside a fork of the gate. It stands before the measured jar on the class path, which may be any jar, so it
 * uses only the JDK and JMH.
 */
@NullMarked
package io.cobrowse.bench.fork;

import org.jspecify.annotations.NullMarked;

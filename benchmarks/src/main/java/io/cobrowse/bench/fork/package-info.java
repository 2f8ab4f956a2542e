/**
 * What runs inside a fork of the gate. It is put before the measured jar on the class path, which may be anybody's: so it uses
 * the JDK and JMH alone.
 */
@NullMarked
package io.cobrowse.bench.fork;

import org.jspecify.annotations.NullMarked;

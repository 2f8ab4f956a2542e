/** Measures the proxy and its peers side by side, each as a process of its own, under the same load and in one run. */
@NullMarked
package io.cobrowse.bench.peers;

import org.jspecify.annotations.NullMarked;

/** Side by side: the proxy and its peers as processes of their own, under the same load, in one run. */
@NullMarked
package io.cobrowse.bench.peers;

import org.jspecify.annotations.NullMarked;

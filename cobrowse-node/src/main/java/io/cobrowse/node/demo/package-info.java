/** The demo: reference nodes in this process, the proxy in front of them in another. */
@NullMarked
package io.cobrowse.node.demo;

import org.jspecify.annotations.NullMarked;

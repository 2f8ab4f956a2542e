/** Health of the nodes: the checks, the states that follow from them and from people, and what becomes of work under way. */
@NullMarked
package io.cobrowse.sticky.proxy.cluster;

import org.jspecify.annotations.NullMarked;

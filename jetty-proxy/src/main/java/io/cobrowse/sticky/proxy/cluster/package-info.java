/**
 * The nodes of the cluster: health checks, the states that follow from them and from operators, and the end of requests
 * and tunnels at nodes that go out of service.
 */
@NullMarked
package io.cobrowse.sticky.proxy.cluster;

import org.jspecify.annotations.NullMarked;

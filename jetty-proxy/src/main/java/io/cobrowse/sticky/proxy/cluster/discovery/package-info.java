/** Discovers the nodes of the cluster by DNS or from Kubernetes, if they are not configured. */
@NullMarked
package io.cobrowse.sticky.proxy.cluster.discovery;

import org.jspecify.annotations.NullMarked;

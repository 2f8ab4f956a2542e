/** Finds the nodes of the cluster where they are not configured: by DNS, or from Kubernetes. */
@NullMarked
package io.cobrowse.sticky.proxy.cluster.discovery;

import org.jspecify.annotations.NullMarked;

/** The admin listener: liveness, readiness, and the state of the nodes. */
@NullMarked
package io.cobrowse.sticky.proxy.admin;

import org.jspecify.annotations.NullMarked;

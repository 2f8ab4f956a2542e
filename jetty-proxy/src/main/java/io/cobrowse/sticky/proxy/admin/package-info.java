/**
 * The admin listener: liveness, readiness, metrics, the state of the nodes, explanations and previews, and the
 * dashboard.
 */
@NullMarked
package io.cobrowse.sticky.proxy.admin;

import org.jspecify.annotations.NullMarked;

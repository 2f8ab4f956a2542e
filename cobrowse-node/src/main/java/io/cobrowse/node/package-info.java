/**
 * A reference Co-browse node: the sessions, their REST and CometD interface, and faults on demand. Not for
 * production.
 */
@NullMarked
package io.cobrowse.node;

import org.jspecify.annotations.NullMarked;

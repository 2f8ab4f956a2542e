/** Logs and counts requests when they end: access log, metrics, statistics, audit. */
@NullMarked
package io.cobrowse.sticky.proxy.observe;

import org.jspecify.annotations.NullMarked;

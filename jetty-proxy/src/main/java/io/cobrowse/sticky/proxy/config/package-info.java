/** The configuration of a proxy and its YAML form. */
@NullMarked
package io.cobrowse.sticky.proxy.config;

import org.jspecify.annotations.NullMarked;

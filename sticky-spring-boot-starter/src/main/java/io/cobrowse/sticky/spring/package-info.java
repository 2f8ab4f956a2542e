/** The Spring Boot starter: the sticky proxy on paths of a Spring Boot application. */
@NullMarked
package io.cobrowse.sticky.spring;

import org.jspecify.annotations.NullMarked;

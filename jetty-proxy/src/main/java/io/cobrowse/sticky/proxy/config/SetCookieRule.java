package io.cobrowse.sticky.proxy.config;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Changes the attributes of the cookies that nodes set (R26). Immutable.
 *
 * @param name the cookie's name, case-sensitive; {@code *} for every cookie
 * @param changes the new value of each attribute that changes: empty for an attribute without a value, or
 *     {@link #REMOVE}
 */
public record SetCookieRule(String name, Map<Attribute, String> changes) {
    /** Instead of a value: removes the attribute. */
    public static final String REMOVE = "remove";

    /** The name of every cookie. */
    public static final String ANY = "*";

    public SetCookieRule {
        Map<Attribute, String> ordered = new EnumMap<>(Attribute.class);
        ordered.putAll(changes);
        changes = Collections.unmodifiableMap(ordered);
    }

    /** An attribute of RFC 6265 or its successor. */
    public enum Attribute {
        PATH("Path"),
        DOMAIN("Domain"),
        SECURE("Secure"),
        HTTP_ONLY("HttpOnly"),
        SAME_SITE("SameSite"),
        PARTITIONED("Partitioned");

        private final String text;

        Attribute(String text) {
            this.text = text;
        }

        /** Returns the name as it appears in {@code Set-Cookie}. */
        public String text() {
            return text;
        }

        /** Returns the attribute with a name, compared without case; null if there is none. */
        public static @Nullable Attribute of(String text, int start, int end) {
            for (Attribute attribute : values()) {
                if (attribute.text.length() == end - start
                        && text.regionMatches(true, start, attribute.text, 0, end - start)) {
                    return attribute;
                }
            }
            return null;
        }
    }
}

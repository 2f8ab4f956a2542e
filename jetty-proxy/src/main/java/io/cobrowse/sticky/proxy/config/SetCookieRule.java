package io.cobrowse.sticky.proxy.config;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of attributes of the cookies that nodes set (R26). Immutable.
 *
 * @param name the cookie's name, case-sensitive; {@code *} is every cookie
 * @param changes the attributes that change: their values, empty for one that has none, or {@link #REMOVE}
 */
public record SetCookieRule(String name, Map<Attribute, String> changes) {
    /** In place of a value: the attribute is taken away. */
    public static final String REMOVE = "remove";

    /** The name of every cookie. */
    public static final String ANY = "*";

    public SetCookieRule {
        Map<Attribute, String> ordered = new EnumMap<>(Attribute.class);
        ordered.putAll(changes);
        changes = Collections.unmodifiableMap(ordered);
    }

    /** An attribute of RFC 6265, or of its successor. */
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

        /** Returns the name as it stands in {@code Set-Cookie}. */
        public String text() {
            return text;
        }

        /** Returns the attribute of a name, which is compared without case; null for any other. */
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

package io.cobrowse.sticky.proxy.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys that are read and validated but do nothing in this version. */
final class NotYet {
    private static final Map<String, String> KEYS =
            Map.of("health", "does nothing yet but for Retry-After: nodes are not checked");

    private NotYet() {}

    /** Returns what to warn of where this key is present, or null where it works. */
    static @Nullable String warning(String key) {
        return KEYS.get(key.replaceAll("\\[[0-9]+]", "[]"));
    }
}

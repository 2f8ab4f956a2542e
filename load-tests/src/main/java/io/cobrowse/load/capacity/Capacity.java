package io.cobrowse.load.capacity;

import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a capacity run found: {@code capacity.json}. Immutable.
 *
 * @param sloP99Millis until a change or a pointer event is at the other end
 * @param websocket share of the pairs
 * @param messagesPerSession in a second, both ways, as the settings have it
 * @param interrupted whether it was told to stop before its end: what it had found until then
 * @param assumptions what the figures rest on, a sentence each
 */
public record Capacity(
        Environment environment,
        double sloP99Millis,
        String complexity,
        double websocket,
        double messagesPerSession,
        double minutes,
        boolean interrupted,
        List<Component> components,
        List<String> assumptions) {

    /** Returns what is published of the reference node, as docs/capacity.md tells it. */
    public static Capacity ofReferenceNode() throws IOException {
        try (InputStream file = Objects.requireNonNull(Capacity.class.getResourceAsStream("reference-capacity.json"))) {
            return Json.mapper().readValue(file, Capacity.class);
        }
    }

    /** Returns a component by name; null where it was not measured. */
    public @Nullable Component component(String name) {
        return components.stream()
                .filter(component -> component.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}

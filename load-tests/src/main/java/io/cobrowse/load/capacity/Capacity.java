package io.cobrowse.load.capacity;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Environment;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The result of a capacity run: {@code capacity.json}. Immutable.
 *
 * @param sloP99Millis the service level: the 99th percentile of the time until a change or a pointer event is at the
 *     other end, in milliseconds
 * @param websocket the share of pairs over WebSocket, 0 to 1
 * @param messagesPerSession messages a second and session in both directions, according to the settings
 * @param interrupted whether the run was stopped before its end; the result is then what it had found until then
 * @param assumptions the assumptions behind the figures, one sentence each
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

    /** Returns the published figures of the reference node, which docs/capacity.md describes. */
    public static Capacity ofReferenceNode() throws IOException {
        try (InputStream file = Objects.requireNonNull(Capacity.class.getResourceAsStream("reference-capacity.json"))) {
            return Json.mapper().readValue(file, Capacity.class);
        }
    }

    /** Returns the result, one sentence for each component; if the run was interrupted before the end of the first trial, it says so. */
    @JsonIgnore
    public String answer() {
        String found = components.stream().map(Component::sentence).collect(Collectors.joining(" "));
        if (!interrupted) {
            return found;
        }
        return components.isEmpty() ? "Interrupted: no trial was finished." : "Interrupted. So far: " + found;
    }

    /** Returns the component with this name; null if it was not measured. */
    public @Nullable Component component(String name) {
        return components.stream()
                .filter(component -> component.name().equals(name))
                .findFirst()
                .orElse(null);
    }
}

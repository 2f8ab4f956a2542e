package io.cobrowse.load.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Everything that a file can set. {@code load.yaml} beside this class has every key with its default and its meaning.
 * Immutable.
 *
 * @param serviceLevels the greatest allowed 99th percentile by step, from the scheduled time
 */
public record Settings(
        Map<String, Complexity> complexity,
        Journey journey,
        Map<String, Duration> serviceLevels,
        Limits limits,
        Map<String, Profile> profiles) {
    private static final String DEFAULTS = "load.yaml";

    /** Returns the defaults. */
    public static Settings defaults() {
        return of(readDefaults(), DEFAULTS);
    }

    /**
     * Returns the defaults, overridden by the values of a file.
     *
     * @throws IllegalArgumentException if the file is not such YAML; the message says what is wrong
     * @throws IOException if it cannot be read
     */
    public static Settings read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("There is no file " + file);
        }
        Object parsed;
        try {
            parsed = new Load(LoadSettings.builder().setLabel(file.toString()).build())
                    .loadFromString(Files.readString(file));
        } catch (YamlEngineException malformed) {
            throw new IllegalArgumentException(file + ": " + malformed.getMessage(), malformed);
        }
        if (!(parsed instanceof Map<?, ?> own)) {
            throw new IllegalArgumentException(file + ": wanted are keys such as 'journey', as in load.yaml");
        }
        return of(merge(readDefaults(), own), file.toString());
    }

    private static Map<?, ?> readDefaults() {
        try (InputStream stream = Objects.requireNonNull(Settings.class.getResourceAsStream(DEFAULTS))) {
            String yaml = new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            return (Map<?, ?>)
                    Objects.requireNonNull(new Load(LoadSettings.builder().build()).loadFromString(yaml));
        } catch (IOException broken) {
            throw new IllegalStateException("The resource " + DEFAULTS + " cannot be read", broken);
        }
    }

    private static Settings of(Map<?, ?> values, String source) {
        ObjectMapper mapper = Json.mapper();
        try {
            return mapper.readValue(mapper.writeValueAsString(values), Settings.class);
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(source + ": " + Json.explain(wrong), wrong);
        }
    }

    private static Map<Object, Object> merge(Map<?, ?> base, Map<?, ?> own) {
        Map<Object, Object> merged = new LinkedHashMap<>(base);
        own.forEach((key, value) -> merged.merge(key, value, Settings::mergeValues));
        return merged;
    }

    private static Object mergeValues(Object base, Object own) {
        return base instanceof Map<?, ?> below && own instanceof Map<?, ?> above ? merge(below, above) : own;
    }

    /**
     * Returns the profile with this name.
     *
     * @throws IllegalArgumentException if there is none; the message names the existing ones
     */
    public Profile profile(String name) {
        return find("profile", profiles, name);
    }

    /**
     * Returns the complexity with this name.
     *
     * @throws IllegalArgumentException if there is none; the message names the existing ones
     */
    public Complexity complexity(String name) {
        return find("complexity", complexity, name);
    }

    private static <T> T find(String what, Map<String, T> all, String name) {
        @Nullable T found = all.get(name);
        if (found == null) {
            throw new IllegalArgumentException("There is no " + what + " '" + name + "': there are "
                    + String.join(", ", new TreeMap<>(all).keySet()));
        }
        return found;
    }

    public Settings withJourney(Journey other) {
        return new Settings(complexity, other, serviceLevels, limits, profiles);
    }
}

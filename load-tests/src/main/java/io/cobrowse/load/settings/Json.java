package io.cobrowse.load.settings;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;

/** Maps records to JSON and YAML: kebab-case keys, no unknown keys, durations with a unit. Stateless. */
public final class Json {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .addModule(new SimpleModule()
                    .addSerializer(Duration.class, new DurationWriter())
                    .addDeserializer(Duration.class, new DurationReader()))
            .build();

    private Json() {}

    /** Returns the shared mapper, which is thread-safe. */
    public static ObjectMapper mapper() {
        return MAPPER;
    }

    /**
     * Reads a file.
     *
     * @throws IllegalArgumentException if there is no such file, or its content is wrong; the message says what is
     *     wrong, in words for people
     */
    public static <T> T read(Path file, Class<T> type) {
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException("There is no file " + file);
        }
        try {
            T read = MAPPER.readValue(file.toFile(), type);
            if (read == null) {
                throw new IllegalArgumentException(file + " is empty");
            }
            return read;
        } catch (JsonProcessingException wrong) {
            throw new IllegalArgumentException(file + ": " + explain(wrong), wrong);
        } catch (IOException unreadable) {
            throw new IllegalArgumentException(file + " cannot be read: " + unreadable.getMessage(), unreadable);
        }
    }

    /** Returns what is wrong with a text, without names of classes. */
    static String explain(JsonProcessingException wrong) {
        if (wrong instanceof UnrecognizedPropertyException unknown) {
            String known = unknown.getKnownPropertyIds() == null
                    ? ""
                    : "; there are "
                            + unknown.getKnownPropertyIds().stream()
                                    .map(String::valueOf)
                                    .sorted()
                                    .collect(Collectors.joining(", "));
            return where(unknown) + "there is no such key" + known;
        }
        if (wrong instanceof ValueInstantiationException || isCausedByValue(wrong)) {
            return where((JsonMappingException) wrong)
                    + (wrong.getCause() == null
                            ? "this is not what belongs here"
                            : wrong.getCause().getMessage());
        }
        if (wrong instanceof InvalidFormatException format) {
            return where(format) + "'" + format.getValue() + "' is not what belongs here";
        }
        if (wrong instanceof JsonMappingException mapping && !mapping.getPath().isEmpty()) {
            return where(mapping) + "this is missing, or of another kind than what belongs here";
        }
        return wrong instanceof JsonParseException && wrong.getLocation() != null
                ? "this is no JSON, from line " + wrong.getLocation().getLineNr() + " on"
                : "this has not the content that is wanted here";
    }

    private static boolean isCausedByValue(JsonProcessingException wrong) {
        return wrong instanceof JsonMappingException && wrong.getCause() instanceof IllegalArgumentException;
    }

    private static String where(JsonMappingException wrong) {
        StringBuilder path = new StringBuilder();
        for (JsonMappingException.Reference step : wrong.getPath()) {
            path.append(step.getFieldName() == null ? "[" + step.getIndex() + "]" : step.getFieldName())
                    .append(": ");
        }
        return path.toString();
    }

    private static final class DurationWriter extends StdSerializer<Duration> {
        private DurationWriter() {
            super(Duration.class);
        }

        @Override
        public void serialize(Duration value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(Durations.format(value));
        }
    }

    private static final class DurationReader extends StdDeserializer<Duration> {
        private DurationReader() {
            super(Duration.class);
        }

        @Override
        public Duration deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return Durations.parse(parser.getText());
        }
    }
}

package io.cobrowse.sticky.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the metadata for editors ({@code spring-configuration-metadata.json}) in step with docs/configuration.md, which
 * another test keeps in step with the reader. If they differ, the correct file is left in {@code target}.
 */
class MetadataTest {
    private static final Path FILE = Path.of("src/main/resources/META-INF/spring-configuration-metadata.json");
    private static final Path EXPECTED = Path.of("target/spring-configuration-metadata.json");
    private static final Pattern ROW = Pattern.compile("\\| `([^`]+)` \\| (.*) \\| (.*) \\| (.*) \\|");

    /** The sections that the starter refuses, since an application has its own means. */
    private static final List<String> REFUSED = List.of("admin", "access-log", "metrics", "audit", "listeners");

    private final Map<String, Map<String, Object>> properties = new LinkedHashMap<>();
    private final List<Map<String, Object>> hints = new ArrayList<>();

    @Test
    void shouldTellEditorsOfEveryKeyOfTheConfiguration() throws IOException {
        own();
        for (String line : Files.readAllLines(Path.of("../docs/configuration.md"))) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                add(row.group(1), plain(row.group(2)), row.group(3), row.group(4));
            }
        }
        assertThat(properties)
                .hasSizeGreaterThan(60)
                .containsKeys("cobrowse.proxy.nodes", "cobrowse.proxy.health.slow-start")
                .containsKeys("cobrowse.proxy.listener.limits.connections", "cobrowse.proxy.discovery.dns.name")
                .doesNotContainKeys("cobrowse.proxy.admin.address", "cobrowse.proxy.listener.name");
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("properties", List.copyOf(properties.values()));
        root.put("hints", hints);
        JsonMapper json =
                JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
        String expected = json.writeValueAsString(root).replace("\r\n", "\n") + "\n";
        Files.writeString(EXPECTED, expected);
        assertThat(FILE).as("take it from %s", EXPECTED).content().isEqualTo(expected);
    }

    private void own() {
        put(
                "paths",
                "java.util.List<java.lang.String>",
                "Where the proxy is mounted; all other paths are yours.",
                "/cobrowse/*");
        put(
                "own-connector",
                "java.lang.Boolean",
                "Whether the server's connector, on server.address and server.port, becomes the proxy's own.",
                true);
        put(
                "nodes",
                "java.util.List<java.util.Map<java.lang.String,java.lang.Object>>",
                "The nodes, each with id and url.",
                null);
        put(
                "set-cookie",
                "java.util.List<java.util.Map<java.lang.String,java.lang.Object>>",
                "What becomes of the cookies that nodes set, each with a name.",
                null);
    }

    private void add(String key, String meaning, String allowed, String byDefault) {
        String name = key.replace("listeners[].", "listener.");
        boolean elsewhere = name.equals("listener.name") || name.equals("listener.address");
        if (name.contains("[]") || elsewhere || REFUSED.contains(name.split("\\.")[0])) {
            return;
        }
        String type = type(allowed);
        put(name, type, sentence(meaning), byDefault(type, byDefault));
        if (allowed.matches("[\\w.-]+( or [\\w.-]+)+") && !type.equals("java.lang.Boolean")) {
            List<Map<String, Object>> values = new ArrayList<>();
            for (String value : allowed.split(" or ")) {
                values.add(Map.of("value", value));
            }
            Map<String, Object> hint = new LinkedHashMap<>();
            hint.put("name", "cobrowse.proxy." + name);
            hint.put("values", values);
            hints.add(hint);
        }
    }

    private void put(String name, String type, String description, Object byDefault) {
        Map<String, Object> property = new LinkedHashMap<>();
        property.put("name", "cobrowse.proxy." + name);
        property.put("type", type);
        property.put("description", description);
        if (byDefault != null) {
            property.put("defaultValue", byDefault);
        }
        properties.put("cobrowse.proxy." + name, property);
    }

    private static String type(String allowed) {
        if (allowed.equals("true or false")) {
            return "java.lang.Boolean";
        }
        if (allowed.startsWith("a whole number from")) {
            return "java.lang.Integer";
        }
        if (allowed.startsWith("a mapping")) {
            return "java.util.Map<java.lang.String,java.lang.String>";
        }
        return allowed.startsWith("a list") || allowed.startsWith("one or a list")
                ? "java.util.List<java.lang.String>"
                : "java.lang.String";
    }

    private static Object byDefault(String type, String told) {
        List<String> values = new ArrayList<>();
        Matcher code = Pattern.compile("`([^`]+)`").matcher(told);
        while (code.find()) {
            values.add(code.group(1));
        }
        if (values.isEmpty() || told.startsWith("*required*")) {
            return null;
        }
        return switch (type) {
            case "java.lang.Boolean" -> Boolean.valueOf(values.get(0));
            case "java.lang.Integer" -> Integer.valueOf(values.get(0));
            case "java.lang.String" -> values.get(0);
            default -> values;
        };
    }

    /** Returns the text without Markdown. */
    private static String plain(String text) {
        return text.replaceAll("\\[([^]]+)]\\([^)]+\\)", "$1").replace("`", "").strip();
    }

    private static String sentence(String text) {
        return text.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                + text.substring(1)
                + (text.endsWith(".") ? "" : ".");
    }
}

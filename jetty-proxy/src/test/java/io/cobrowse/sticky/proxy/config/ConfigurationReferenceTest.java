package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Stickiness;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** Keeps docs/configuration.md and docs/example.yaml true. */
class ConfigurationReferenceTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern ROW =
            Pattern.compile("^\\| `([^`]+)` \\| [^|]+ \\| ([^|]+) \\| ([^|]+) \\|$", Pattern.MULTILINE);
    private static final Pattern CODE = Pattern.compile("`([^`]*)`");
    private static final Pattern LIST = Pattern.compile("^(?:a list|one or a list), each ");
    private static final String NODES = "\nnodes: [{id: 1, url: 'http://a'}]";

    /** A row of a table of the reference. */
    record Key(String path, String allowed, String byDefault) {
        String section() {
            return path.contains(".") ? path.substring(0, path.lastIndexOf('.')) : "";
        }

        String name() {
            return path.substring(path.lastIndexOf('.') + 1);
        }

        @Override
        public String toString() {
            return path;
        }
    }

    @TempDir
    Path directory;

    static Stream<Key> keys() throws IOException {
        return ROW.matcher(Files.readString(DOCS.resolve("configuration.md")))
                .results()
                .map(row -> new Key(row.group(1), row.group(2), row.group(3)));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void shouldSayWhatIsAllowedAsErrorsSayIt(Key key) throws Exception {
        boolean list = LIST.matcher(key.allowed).find();
        String value = list ? "[\"\\x01\"]" : "\"\\x01\"";
        assertThat(errors(yaml(key.section(), key.name() + ": " + value)))
                .filteredOn(error -> error.startsWith(indexed(key.path) + (list ? "[0]: " : ": ")))
                .singleElement()
                .asString()
                .endsWith(": " + LIST.matcher(key.allowed).replaceFirst(""));
    }

    @ParameterizedTest
    @MethodSource("keys")
    void shouldSayWhatHoldsWhereAKeyIsLeftOut(Key key) throws Exception {
        if (key.byDefault.startsWith("*required*")) {
            assertThat(errors(yaml(key.section(), "")))
                    .filteredOn(error -> error.startsWith(indexed(key.path) + ": missing: "))
                    .hasSize(1);
            return;
        }
        Object effective = effectiveDefault(key.path);
        switch (key.byDefault) {
            case "off", "none", "all paths" -> assertThat(effective).isIn(null, List.of());
            case "the `id`" -> assertThat(effective).isEqualTo("1");
            default -> assertThat(normalized(effective)).isEqualTo(normalized(code(key.byDefault)));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "listeners[]",
                "listeners[].tls",
                "listeners[].request-headers",
                "listeners[].response-headers",
                "listeners[].limits",
                "admin",
                "stickiness",
                "cors",
                "set-cookie[]",
                "nodes[]",
                "discovery",
                "discovery.dns",
                "discovery.kubernetes",
                "health",
                "timeouts",
                "tunnels",
                "upstream-tls",
                "access-log",
                "metrics",
                "audit"
            })
    void shouldNameEveryKey(String section) throws Exception {
        String known = errors(yaml(section, "qqqqqq: 1")).stream()
                .filter(error -> error.contains("qqqqqq: unknown key: known here: "))
                .map(error -> error.substring(error.lastIndexOf(": ") + 2))
                .collect(Collectors.joining());
        String prefix = section.isEmpty() ? "" : section + ".";
        assertThat(keys().map(Key::path)
                        .filter(path -> path.startsWith(prefix))
                        .map(path -> path.substring(prefix.length()).replaceFirst("[.\\[].*", ""))
                        .distinct())
                .containsExactlyInAnyOrder(known.split(", "));
    }

    @Test
    void shouldHaveAnExampleOfTheDefaults() throws Exception {
        ProxyConfig example =
                ConfigReader.read(DOCS.resolve("example.yaml"), name -> null).config();
        assertThat(example)
                .isEqualTo(new ProxyConfig(
                        List.of(Listener.DEFAULT),
                        Admin.DEFAULTS,
                        Stickiness.DEFAULTS,
                        Balance.ROUND_ROBIN,
                        example.nodes(),
                        Health.DEFAULTS,
                        Timeouts.DEFAULTS,
                        Tunnels.DEFAULTS));
        assertThat(example.nodes()).hasSize(3);
    }

    @Test
    void shouldHaveAnExampleThatShowsEveryKey() throws Exception {
        TestIdentity.create(directory);
        String uncommented = Files.readString(DOCS.resolve("example.yaml"))
                .replaceAll("(?m)^( *)# (- |  )?([a-z0-9-]+:( |$))", "$1$2$3");
        ProxyConfig config = ConfigReader.read(
                        write(uncommented.replaceAll("(?m)^discovery:\n( .*\n)+", "")), // Either or.
                        Map.of("ADMIN_TOKEN", "s3cret", "KEY_PASSWORD", "not needed")::get)
                .config();
        assertThat(config.admin().token()).isEqualTo("s3cret");
        assertThat(keys().map(Key::name))
                .allSatisfy(
                        key -> assertThat(uncommented).containsPattern("(?m)^[^#]*\\b" + key.replace("[]", "") + ":"));
    }

    private Object effectiveDefault(String path) throws Exception {
        String yaml = path.startsWith("discovery.") ? yaml("discovery.dns", "name: a") : NODES;
        if (path.startsWith("listeners[].tls.")) {
            TestIdentity.create(directory);
            yaml = yaml("listeners[].tls", "certificate: cert.pem, private-key: key.pem")
                    .replace("{tls", "{name: a, address: 'a:1', tls");
        }
        ProxyConfig config = ConfigReader.read(write(yaml), name -> null).config();
        Object value = new Load(LoadSettings.builder().build()).loadFromString(EffectiveConfig.toYaml(config));
        for (String name : path.replace("[]", ".0").split("\\.", -1)) {
            if (value == null) {
                return null;
            }
            value = value instanceof List<?> list ? list.get(Integer.parseInt(name)) : ((Map<?, ?>) value).get(name);
        }
        return value;
    }

    private static Object code(String cell) {
        List<String> spans = CODE.matcher(cell)
                .results()
                .map((MatchResult span) -> span.group(1))
                .toList();
        return spans.size() == 1 ? spans.get(0) : spans;
    }

    /** The same duration may be written in several ways. */
    private static Object normalized(Object value) {
        if (value instanceof List) {
            return value;
        }
        Object duration = DurationText.parse(value.toString());
        return duration == null ? value.toString() : duration;
    }

    private static String yaml(String section, String entry) {
        return switch (section) {
            case "" -> entry + (entry.startsWith("nodes") ? "" : NODES);
            case "nodes[]" -> "nodes: [{" + entry + "}]";
            case "discovery" -> "discovery: {" + entry + "}";
            case "discovery.dns" -> "discovery: {dns: {" + entry + "}}";
            case "discovery.kubernetes" -> "discovery: {kubernetes: {" + entry + "}}";
            case "listeners[]" -> "listeners: [{" + entry + "}]" + NODES;
            case "set-cookie[]" -> "set-cookie: [{" + entry + "}]" + NODES;
            case "listeners[].request-headers" -> "listeners: [{request-headers: {" + entry + "}}]" + NODES;
            case "listeners[].response-headers" -> "listeners: [{response-headers: {" + entry + "}}]" + NODES;
            case "listeners[].limits" -> "listeners: [{limits: {" + entry + "}}]" + NODES;
            case "listeners[].tls" -> "listeners: [{tls: {" + entry + "}}]" + NODES;
            default -> section + ": {" + entry + "}" + NODES;
        };
    }

    private static String indexed(String path) {
        return path.replace("[]", "[0]");
    }

    private List<String> errors(String yaml) throws Exception {
        Path file = write(yaml);
        return catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, name -> null))
                .errors()
                .stream()
                .map(error -> error.replaceFirst("^" + Pattern.quote(file.toString()) + ":[0-9]+: ", ""))
                .toList();
    }

    private Path write(String yaml) throws IOException {
        return Files.writeString(directory.resolve("proxy.yaml"), yaml);
    }
}

package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bad configurations with the exact lines that an operator gets, without the {@code proxy.yaml:} before each. */
class ConfigErrorsTest {
    private static final String NODES = "nodes: [{id: a, url: 'http://a'}]\n";
    private static final Map<String, String> ENVIRONMENT = Map.of("SET", "x y", "NESTED", "${SET}");

    @TempDir
    Path directory;

    @ParameterizedTest(name = "{0}")
    @MethodSource({"values", "structures", "duplicates", "environment", "secrets", "syntax"})
    void shouldReportEveryErrorWithItsPlace(String yaml, List<String> expected) throws Exception {
        assertThat(errors(yaml.getBytes(StandardCharsets.UTF_8))).isEqualTo(expected);
    }

    @Test
    void shouldReportAllErrorsOfAFileAtOnceInItsOrder() throws Exception {
        assertThat(errors("""
                        listeners:
                          - adress: 0.0.0.0:8080
                            name: public
                        balance: robin
                        nodes:
                          - id: 1
                            url: http://a/
                          - id: 1
                            weight: 0
                            url: ftp://b
                          - cookie: a b
                        timeouts:
                          connect: 2
                          tunelIdle: 10m
                        health: on
                        """.getBytes(StandardCharsets.UTF_8)))
                .containsExactly(
                        "2: listeners[0].address: missing: HOST:PORT, an IPv6 address in brackets, the port from 0 to"
                                + " 65535 (0 takes a free one)",
                        "2: listeners[0].adress: unknown key: did you mean address? known here: name, address, tls,"
                                + " allow, deny, trusted-peers, request-headers, response-headers, redirect-to-https,"
                                + " proxy-protocol, limits",
                        "4: balance: \"robin\": round-robin or least-active or random-two",
                        "7: nodes[0].url: \"http://a/\": http://HOST[:PORT] or https://HOST[:PORT]; a node's URL has no"
                                + " path, query, fragment or user",
                        "8: nodes[1].id: \"1\": must be unique, and nodes[0].id on line 6 has it",
                        "9: nodes[1].weight: \"0\": a whole number from 1 to 256",
                        "10: nodes[1].url: \"ftp://b\": http://HOST[:PORT] or https://HOST[:PORT]; a node's URL has no"
                                + " path, query, fragment or user",
                        "11: nodes[2].id: missing: 1 to 64 letters, digits, '.', '_' or '-'",
                        "11: nodes[2].cookie: \"a b\": 1 to 64 letters, digits, '.', '_' or '-'",
                        "11: nodes[2].url: missing: http://HOST[:PORT] or https://HOST[:PORT]; a node's URL has no"
                                + " path, query, fragment or user",
                        "13: timeouts.connect: \"2\": a whole number with a unit (ms, s, m, h), from 1ms to 24h",
                        "14: timeouts.tunelIdle: unknown key: did you mean tunnel-idle? known here: connect, response,"
                                + " idle, tunnel-idle, drain",
                        "15: health: \"on\": a mapping of keys to values");
    }

    static Stream<Arguments> values() {
        String url = "http://HOST[:PORT] or https://HOST[:PORT]; a node's URL has no path, query, fragment or user";
        String address = "HOST:PORT, an IPv6 address in brackets, the port from 0 to 65535 (0 takes a free one)";
        String name = "1 to 64 letters, digits, '.', '_' or '-'";
        String timeout = "a whole number with a unit (ms, s, m, h), from 1ms to 24h";
        return Stream.of(
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://a/'", "'http://a/x'"),
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://a?x'", "'http://a#x'"),
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "''", "a:80", "'http://'"),
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://a:0'", "'http://a:65536'"),
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://a:'", "'HTTP://a'"),
                        rejected("nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://a b'", "'http://a_b'"),
                        rejected(
                                "nodes: [{id: a, url: %s}]", "nodes[0].url", url, "'http://1.2.3.256'", "'http://::1'"),
                        rejected("nodes: [{id: %s, url: 'http://a'}]", "nodes[0].id", name, "''", "a b", "é", "a/b"),
                        rejected("nodes: [{id: %s, url: 'http://a'}]", "nodes[0].id", name, "x".repeat(65)),
                        rejected("nodes: [{id: a, url: 'http://a', cookie: %s}]", "nodes[0].cookie", name, "''", "a;b"),
                        rejected(
                                "nodes: [{id: a, url: 'http://a', cookie: [b, %s]}]",
                                "nodes[0].cookie[1]", name, "a=b"),
                        rejected(
                                "nodes: [{id: a, url: 'http://a', weight: %s}]",
                                "nodes[0].weight",
                                "a whole number from 1 to 256",
                                "0",
                                "257",
                                "-1",
                                "1.5",
                                "01",
                                "+1",
                                "99999999999",
                                "''"),
                        rejected(
                                "nodes: [{id: a, url: 'http://a', backup: %s}]",
                                "nodes[0].backup", "true or false", "yes", "True", "on", "1", "''"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "8080"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "':1'"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "'*:1'"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "a:65536"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "'::1:80'"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "'[1]:80'"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "'[::x]:80'"),
                        rejected(
                                "listeners: [{name: l, address: %s}]\n" + NODES,
                                "listeners[0].address",
                                address,
                                "127.1:80"),
                        rejected(
                                "listeners: [{name: l, address: 'a:1', allow: [%s]}]\n" + NODES,
                                "listeners[0].allow[0]",
                                "a path such as /a/b, or /a/** for all below /a",
                                "a",
                                "/a*",
                                "/**/a",
                                "/a?b",
                                "/a b"),
                        rejected(
                                "listeners: [{name: l, address: 'a:1', trusted-peers: [%s]}]\n" + NODES,
                                "listeners[0].trusted-peers[0]",
                                "an IP address or a block of them, such as 10.0.0.0/8",
                                "host",
                                "10.0.0.0/33",
                                "10.0.0",
                                "10.0.0.0/",
                                "'::/129'",
                                "'1:2'",
                                "'[::1]'"),
                        rejected(
                                "timeouts: {connect: %s}\n" + NODES,
                                "timeouts.connect",
                                timeout,
                                "2",
                                "0s",
                                "1.5s",
                                "2 s"),
                        rejected(
                                "timeouts: {connect: %s}\n" + NODES,
                                "timeouts.connect",
                                timeout,
                                "-1s",
                                "2S",
                                "25h",
                                "1d"),
                        rejected(
                                "timeouts: {connect: %s}\n" + NODES,
                                "timeouts.connect",
                                timeout,
                                "9999999999999s",
                                "''"),
                        rejected(
                                "health: {interval: %s}\n" + NODES,
                                "health.interval",
                                "a whole number with a unit (ms, s, m, h), from 10ms to 1h",
                                "9ms",
                                "61m"),
                        rejected(
                                "health: {fall: %s}\n" + NODES,
                                "health.fall",
                                "a whole number from 1 to 100",
                                "0",
                                "101"),
                        rejected(
                                "health: {path: %s}\n" + NODES,
                                "health.path",
                                "a path that starts with '/', as a URL has it, without '#'",
                                "up",
                                "'/a#b'",
                                "/a b"),
                        rejected(
                                "stickiness: {on-node-down: %s}\n" + NODES,
                                "stickiness.on-node-down",
                                "notify or rebalance",
                                "Notify",
                                "''"),
                        rejected(
                                "stickiness: {on-unknown-node: %s}\n" + NODES,
                                "stickiness.on-unknown-node",
                                "reject or balance",
                                "rejected"),
                        rejected(
                                "stickiness: {cookie: %s}\n" + NODES,
                                "stickiness.cookie",
                                "an HTTP token: letters, digits, '-', '_' or '.'",
                                "a=b",
                                "a b",
                                "''"),
                        rejected(
                                "stickiness: {query-parameter: %s}\n" + NODES,
                                "stickiness.query-parameter",
                                "the name as a URL spells it: visible ASCII without & = # % and quotes",
                                "a&b",
                                "a b",
                                "''"),
                        rejected(
                                "stickiness: {session-start: [%s]}\n" + NODES,
                                "stickiness.session-start[0]",
                                "METHOD /path, such as POST /cobrowse/rest/live/sessions: the exact raw path without a"
                                        + " query",
                                "POST",
                                "/a",
                                "POST  /a",
                                "POST /a?b",
                                "POST a"),
                        rejected(
                                "stickiness: {cookie-path: %s}\n" + NODES,
                                "stickiness.cookie-path",
                                "a path that starts with '/': ASCII without ';'",
                                "a",
                                "/a;b"),
                        rejected(
                                "stickiness: {cookie-domain: %s}\n" + NODES,
                                "stickiness.cookie-domain",
                                "a host name",
                                "a;b",
                                "'*.a'"),
                        rejected(
                                "stickiness: {cookie-attributes: %s}\n" + NODES,
                                "stickiness.cookie-attributes",
                                "attributes such as SameSite=None; Secure, except Path, Domain, Expires and Max-Age",
                                "Path=/",
                                "Secure; max-age=1",
                                ";Secure",
                                "Secure; domain",
                                "''"),
                        rejected(
                                "any-node: [%s]\n" + NODES,
                                "any-node[0]",
                                "METHOD /path, such as GET /cobrowse/js/**: the raw path without a query, where * is one"
                                        + " segment and a last /** all below",
                                "GET",
                                "'GET '",
                                "/a",
                                "GET  /a",
                                "GET a",
                                "GET **",
                                "GET /**/a",
                                "GET /a*",
                                "GET /a/***",
                                "GET /a?b"),
                        rejected(
                                "cors: {errors: %s}\n" + NODES,
                                "cors.errors",
                                "reflect or off alone, or origins such as https://shop.example",
                                "'*'",
                                "none",
                                "shop.example",
                                "https://shop.example/",
                                "https://Shop.example"),
                        rejected(
                                "set-cookie: [{name: a, secure: %s}]\n" + NODES,
                                "set-cookie[0].secure",
                                "true or remove",
                                "false",
                                "yes"),
                        rejected(
                                "set-cookie: [{name: a, same-site: %s}]\n" + NODES,
                                "set-cookie[0].same-site",
                                "Strict, Lax, None or remove",
                                "none",
                                "true"),
                        rejected(
                                "set-cookie: [{name: a, path: %s}]\n" + NODES,
                                "set-cookie[0].path",
                                "a path that starts with '/': ASCII without ';', or remove",
                                "a",
                                "/a;b"),
                        rejected(
                                "listeners: [{name: l, address: 'a:1', deny: [%s]}]\n" + NODES,
                                "listeners[0].deny[0]",
                                "a path such as /a/b, or /a/** for all below /a",
                                "a",
                                "/a/*/b"),
                        rejected(
                                "listeners: [{name: l, address: 'a:1', request-headers: {remove: [%s]}}]\n" + NODES,
                                "listeners[0].request-headers.remove[0]",
                                "a field's name, but no hop-by-hop field, none of framing or forwarding, and not Host",
                                "connection",
                                "Transfer-Encoding",
                                "content-length",
                                "X-Forwarded-For",
                                "forwarded",
                                "host",
                                "te",
                                "a b",
                                "'a:'"),
                        rejected(
                                "listeners: [{name: l, address: 'a:1', response-headers: {set: {A: %s}}}]\n" + NODES,
                                "listeners[0].response-headers.set.A",
                                "a field's value: ASCII, no blank at either end",
                                "''",
                                "' a'",
                                "'a '",
                                "é"))
                .flatMap(stream -> stream);
    }

    static Stream<Arguments> structures() {
        return Stream.of(
                arguments("balance: random-two", List.of("1: nodes: missing: a list of at least 1, or discovery")),
                arguments("nodes:", List.of("1: nodes: \"\": a list of at least 1")),
                arguments("nodes: []", List.of("1: nodes: an empty list: a list of at least 1")),
                arguments("nodes: {id: a}", List.of("1: nodes: a mapping: a list of at least 1")),
                arguments("nodes: [a]", List.of("1: nodes[0]: \"a\": a mapping of keys to values")),
                arguments("listeners: []\n" + NODES, List.of("1: listeners: an empty list: a list of at least 1")),
                arguments(
                        "listeners: [{name: a, address: 'a:1', allow: []}]\n" + NODES,
                        List.of("1: listeners[0].allow: an empty list: a list of at least 1")),
                arguments(
                        "listeners: [{name: a, address: 'a:1', tls: {key: k}}]\n" + NODES,
                        List.of(
                                "1: listeners[0].tls.certificate: missing: a file name",
                                "1: listeners[0].tls.private-key: missing: a file name",
                                "1: listeners[0].tls.key: unknown key: known here: certificate, private-key, key-password, client-ca, client-auth, min-version")),
                arguments(
                        NODES + "balance: [round-robin]",
                        List.of("2: balance: a list: round-robin or least-active or random-two")),
                arguments(
                        NODES + "stickiness: {session-start: POST /a}",
                        List.of("2: stickiness.session-start: \"POST /a\": a list")),
                arguments(
                        NODES + "stickiness:\n  queryParameter: a",
                        List.of("3: stickiness.queryParameter: unknown key: did you mean query-parameter? known here:"
                                + " cookie, query-parameter, header, route-suffix, on-node-down, on-unknown-node,"
                                + " session-start, cookie-path, cookie-domain, cookie-attributes, expose-route,"
                                + " referer")),
                arguments(NODES + "[a]: b", List.of("2: the file: a list or a mapping as a key: keys are text")),
                arguments("- a", List.of("1: the file: a list: a mapping of keys to values")),
                arguments(
                        NODES + "zebra: 1",
                        List.of("2: zebra: unknown key: known here: listeners, admin, stickiness, any-node, balance,"
                                + " nodes, discovery, health, timeouts, tunnels, cors, set-cookie, upstream-tls, access-log,"
                                + " metrics, audit")),
                arguments(
                        NODES + "cors: {errors: [reflect, 'https://a']}",
                        List.of("2: cors.errors: \"reflect, https://a\": reflect or off alone, or origins such as"
                                + " https://shop.example")),
                arguments(
                        NODES + "listeners: [{name: l, address: 'a:1', response-headers: {add: {Upgrade: a}}}]",
                        List.of("2: listeners[0].response-headers.add.Upgrade: \"Upgrade\": a field's name, but no"
                                + " hop-by-hop field, none of framing or forwarding, and not Host")),
                arguments("nodes: &n [*n]", List.of("1: nodes[0]: a list: a mapping of keys to values")));
    }

    static Stream<Arguments> duplicates() {
        return Stream.of(
                arguments(
                        NODES + "balance: round-robin\nbalance: round-robin",
                        List.of("3: balance: duplicate key: it is on line 2 already")),
                arguments(
                        "nodes:\n  - id: a\n    url: http://a\n    id: b",
                        List.of("4: nodes[0].id: duplicate key: it is on line 2 already")),
                arguments(
                        "nodes:\n- {id: a, cookie: c, url: 'http://a'}\n- {id: b, cookie: [d, c], url: 'http://a'}",
                        List.of("3: nodes[1].cookie: \"c\": must be unique, and nodes[0].cookie on line 2 has it")),
                arguments(
                        "nodes:\n- {id: a, cookie: b, url: 'http://a'}\n- {id: b, url: 'http://a'}",
                        List.of("3: nodes[1].cookie: \"b\": must be unique, and nodes[0].cookie on line 2 has it")),
                arguments(
                        "listeners:\n- {name: a, address: 'h:1'}\n- {name: a, address: 'H:1'}\n" + NODES,
                        List.of(
                                "3: listeners[1].name: \"a\": must be unique, and listeners[0].name on line 2 has it",
                                "3: listeners[1].address: \"h:1\": must be unique, and listeners[0].address on line 2"
                                        + " has it")),
                arguments(
                        "listeners:\n- {name: a, address: '127.0.0.1:8081'}\n" + NODES,
                        List.of("1: admin.address: \"127.0.0.1:8081\": must be unique, and listeners[0].address on"
                                + " line 2 has it")));
    }

    static Stream<Arguments> environment() {
        return Stream.of(
                arguments(
                        "nodes: [{id: '${A}-${B}', url: 'http://a'}]",
                        List.of(
                                "1: nodes[0].id: \"${A}-${B}\": the environment variable A is not set, and there is no"
                                        + " default as in ${A:default}",
                                "1: nodes[0].id: \"${A}-${B}\": the environment variable B is not set, and there is no"
                                        + " default as in ${B:default}")),
                arguments(
                        "nodes: [{id: '${SET}', url: 'http://a'}]",
                        List.of("1: nodes[0].id: \"x y\": 1 to 64 letters, digits, '.', '_' or '-'")),
                arguments(
                        "nodes: [{id: '${1X}', url: 'http://a'}]",
                        List.of("1: nodes[0].id: \"${1X}\": a reference is ${NAME} or ${NAME:default}, not nested; NAME"
                                + " of letters, digits and _")),
                arguments(
                        "nodes: [{id: '${A:${B}}', url: 'http://a'}]",
                        List.of(
                                "1: nodes[0].id: \"${A:${B}}\": the environment variable B is not set, and there is no"
                                        + " default as in ${B:default}", //
                                "1: nodes[0].id: \"${A:${B}}\": a reference is ${NAME} or ${NAME:default}, not nested;"
                                        + " NAME of letters, digits and _")),
                arguments(
                        "nodes: [{id: '${NESTED}', url: 'http://a'}]",
                        List.of("1: nodes[0].id: \"${SET}\": 1 to 64 letters, digits, '.', '_' or '-'")),
                arguments(
                        "nodes: [{id: 'a${', url: 'http://a'}]",
                        List.of("1: nodes[0].id: \"a${\": a reference is ${NAME} or ${NAME:default}, not nested; NAME"
                                + " of letters, digits and _")));
    }

    static Stream<Arguments> secrets() {
        return Stream.of(
                arguments(
                        NODES + "admin: {address: '0.0.0.0:1'}",
                        List.of("2: admin.token: missing: required, since 0.0.0.0:1 is not a loopback address")),
                arguments(
                        NODES + "admin: {address: 'myhost:1', token: 's3 cret'}",
                        List.of("2: admin.token: ***: 1 to 1024 characters of visible ASCII")),
                arguments(
                        NODES + "admin: {token: 's3cret${NO}'}",
                        List.of("2: admin.token: ***: the environment variable NO is not set, and there is no default"
                                + " as in ${NO:default}")),
                arguments(
                        NODES + "admin: {tokn: s3cret}",
                        List.of("2: admin.tokn: unknown key: did you mean token? known here: address, token")),
                arguments(NODES + "admin: s3cret", List.of("2: admin: text: a mapping of keys to values")),
                arguments(
                        NODES + "admin: {token: [s3cret]}",
                        List.of("2: admin.token: a list: 1 to 1024 characters of visible ASCII")),
                arguments(NODES + "admin:\n  token: *s3cret", List.of("3: not YAML: found undefined alias")),
                arguments(
                        NODES + "admin:\n  token: !s3!cret",
                        List.of("3: not YAML: while parsing a node, found undefined tag handle")),
                arguments(
                        "nodes: [{id: a, url: 'http://me:s3cret@a'}]",
                        List.of("1: nodes[0].url: \"http://***@a\": http://HOST[:PORT] or https://HOST[:PORT]; a"
                                + " node's URL has no path, query, fragment or user")));
    }

    static Stream<Arguments> syntax() {
        return Stream.of(
                arguments(
                        "nodes:\n\t- id: a",
                        List.of("2: not YAML: while scanning for the next token, found character '\\t(TAB)' that cannot"
                                + " start any token. (Do not use \\t(TAB) for indentation)")),
                arguments(
                        NODES + "---\n" + NODES,
                        List.of("2: not YAML: expected a single document in the stream, but found another document")),
                arguments(NODES + "a: \u0000", List.of("2: not YAML: the character 0x00 is not allowed")),
                arguments(NODES + "x: " + "[".repeat(100_000), List.of("2: nested too deep: at most 32 levels")));
    }

    @Test
    void shouldReportAFileThatCannotBeRead() throws Exception {
        Path missing = directory.resolve("missing.yaml");
        assertThat(errors(missing)).containsExactly(missing + ": no such file");
        assertThat(errors(directory)).containsExactly(directory + ": is a directory, not a file");
    }

    @Test
    void shouldReportAnEmptyFile() throws Exception {
        Path file = Files.writeString(directory.resolve("empty.yaml"), "# nothing\n");
        assertThat(errors(file)).containsExactly(file + ": empty: at least nodes is needed");
    }

    @Test
    void shouldReportAFileThatIsTooLarge() throws Exception {
        Path file = Files.writeString(directory.resolve("large.yaml"), "#".repeat((1 << 20) + 1));
        assertThat(errors(file)).containsExactly(file + ": too large: at most 1048576 bytes");
    }

    @Test
    void shouldReportTheLineThatIsNotUtf8() throws Exception {
        assertThat(errors("nodes:\n# caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1)))
                .containsExactly("2: not UTF-8: byte 0xe9");
        assertThat(errors("nodes:\n# \u00e9".getBytes(StandardCharsets.UTF_16)))
                .containsExactly("1: not UTF-8: byte 0xfe");
    }

    @Test
    void shouldBoundAliases() throws Exception {
        String yaml = "a: &a [x]\nb: [" + "*a, ".repeat(51) + "]\n";
        assertThat(errors(yaml.getBytes(StandardCharsets.UTF_8)))
                .singleElement()
                .asString()
                .endsWith("Number of aliases for non-scalar nodes exceeds the specified max=50");
    }

    @Test
    void shouldKeepEachErrorOnOneLineOfBoundedLength() throws Exception {
        assertThat(errors(("nodes: [{id: \"a\\nb" + "x".repeat(100_000) + "\", url: 'http://a'}]")
                        .getBytes(StandardCharsets.UTF_8)))
                .containsExactly("1: nodes[0].id: \"a\\u000ab" + "x".repeat(117)
                        + "...\": 1 to 64 letters, digits, '.', '_' or '-'; at most 1024 characters");
    }

    @Test
    void shouldSurviveLongValuesOfEveryFormat() throws Exception {
        String yaml = "stickiness: {cookie-domain: '" + "a.".repeat(500_000) + "'}\n" + NODES;
        assertThat(errors(yaml.getBytes(StandardCharsets.UTF_8)))
                .singleElement()
                .asString()
                .endsWith("a host name; at most 1024 characters");
    }

    private static Stream<Arguments> rejected(String yaml, String key, String allowed, String... values) {
        return Stream.of(values)
                .map(value -> arguments(
                        yaml.formatted(value),
                        List.of("1: " + key + ": \"" + value.replace("'", "") + "\": " + allowed)));
    }

    private List<String> errors(byte[] content) throws Exception {
        Path file = Files.write(directory.resolve("proxy.yaml"), content);
        return errors(file).stream()
                .map(error -> error.startsWith(file + ":") ? error.substring((file + ":").length()) : error)
                .toList();
    }

    private List<String> errors(Path file) {
        return catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, ENVIRONMENT::get))
                .errors();
    }
}

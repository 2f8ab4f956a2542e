package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.TestIdentity;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Observation;
import io.cobrowse.sticky.proxy.config.ProxyConfig.StatusRange;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Tunnels;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import io.cobrowse.sticky.routing.AnyNode;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.SessionStart;
import io.cobrowse.sticky.routing.Stickiness;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    static final String EVERY_KEY = """
            listeners:
              - name: public
                address: 0.0.0.0:8080
                allow: ["/cobrowse/**", /favicon.ico]
                deny: [/cobrowse/rest/history/**]
                trusted-peers: [10.0.0.0/8, "2001:db8::/32", 192.0.2.7]
                request-headers: { remove: [X-Debug], set: { X-Listener: public }, add: { Via-Note: "a, b" } }
                response-headers:
                  remove: [Server]
                  set: { Strict-Transport-Security: max-age=31536000 }
                  add: { X-Served: by us }
              - name: internal
                address: "[::1]:8443"
                tls:
                  certificate:
                    - { certificate: cert.pem, private-key: key.pem }
                    - { certificate: cert.pem, private-key: key.pem }
                  min-version: TLSv1.3
                  client-ca: cert.pem
                  client-auth: optional
                trusted-peers: [10.0.0.1]
                proxy-protocol: true
                limits:
                  connections: 1
                  connections-per-client: 0
                  requests-per-client: 50
                  head-timeout: 100ms
                  body-rate: 0
                  header-bytes: 256B
                  target-bytes: 1MiB
                  body-bytes: 0B
                  header-count: 1
                  http2-streams: 1
                  http2-events: 100000
              - name: redirect
                address: "[::1]:8080"
                redirect-to-https: 8443
            admin:
              address: 10.0.0.1:9000
              token: s3cret
            stickiness:
              cookie: sticky
              query-parameter: node
              header: X-Node
              route-suffix: true
              on-node-down: rebalance
              on-unknown-node: balance
              session-start: [POST /start]
              cookie-path: /cobrowse
              cookie-domain: example.com
              cookie-attributes: SameSite=None; Secure; Partitioned
              expose-route: true
              referer: true
            any-node: [GET /any/*/x/**]
            cors: { errors: ["https://shop.example", "https://agent.example:8443"] }
            set-cookie:
              - { name: gcbSessionServer, secure: true, same-site: None, partitioned: true, path: /, domain: example.com }
              - { name: "*", http-only: remove, domain: remove }
            balance: least-active
            nodes:
              - id: 1
                cookie: [node-1, a.1]
                url: http://10.0.0.11:8700
                weight: 256
                backup: true
              - id: two
                url: https://node.example
                max-active: 300
                queue: 0
                queue-timeout: 90s
            health:
              path: "/up?deep=1"
              interval: 10ms
              timeout: 1h
              rise: 1
              fall: 100
              expect: [200, 300-399]
              drain-on-404: true
              observe: 10
              slow-start: 1m
            timeouts: { connect: 1ms, response: 2m, idle: 24h, tunnel-idle: 90s, drain: 0s }
            tunnels: { close-per-second: 7 }
            upstream-tls: { ca: cert.pem, certificate: cert.pem, private-key: key.pem, verify-host: false }
            """;

    @TempDir
    Path directory;

    @Test
    void shouldReadEveryKey() throws Exception {
        TestIdentity.create(directory);
        assertThat(read(EVERY_KEY).config())
                .isEqualTo(new ProxyConfig(
                        List.of(
                                new Listener(
                                        "public",
                                        new Address("0.0.0.0", 8080),
                                        null,
                                        List.of("/cobrowse/**", "/favicon.ico"),
                                        List.of("/cobrowse/rest/history/**"),
                                        List.of("10.0.0.0/8", "2001:db8::/32", "192.0.2.7"),
                                        new FieldRules(
                                                List.of("X-Debug"),
                                                Map.of("X-Listener", "public"),
                                                Map.of("Via-Note", "a, b")),
                                        new FieldRules(
                                                List.of("Server"),
                                                Map.of("Strict-Transport-Security", "max-age=31536000"),
                                                Map.of("X-Served", "by us")),
                                        0,
                                        false,
                                        Limits.DEFAULTS),
                                new Listener(
                                        "internal",
                                        new Address("::1", 8443),
                                        new Tls(
                                                List.of(certificate(), certificate()),
                                                Tls.MinVersion.TLS_1_3,
                                                directory.resolve("cert.pem").toString(),
                                                false),
                                        List.of(),
                                        List.of(),
                                        List.of("10.0.0.1"),
                                        FieldRules.NONE,
                                        FieldRules.NONE,
                                        0,
                                        true,
                                        new Limits(
                                                1, 0, 50, Duration.ofMillis(100), 0, 256, 1 << 20, 0, 1, 1, 100_000)),
                                new Listener(
                                        "redirect",
                                        new Address("::1", 8080),
                                        null,
                                        List.of(),
                                        List.of(),
                                        List.of(),
                                        FieldRules.NONE,
                                        FieldRules.NONE,
                                        8443,
                                        false,
                                        Limits.DEFAULTS)),
                        new Admin(new Address("10.0.0.1", 9000), "s3cret"),
                        new Stickiness(
                                "sticky",
                                "node",
                                "X-Node",
                                true,
                                Stickiness.OnNodeDown.REBALANCE,
                                Stickiness.OnUnknownNode.BALANCE,
                                List.of(new SessionStart("POST", "/start")),
                                "/cobrowse",
                                "example.com",
                                "SameSite=None; Secure; Partitioned",
                                true,
                                true,
                                List.of(new AnyNode("GET", "/any/*/x/**"))),
                        Balance.LEAST_ACTIVE,
                        List.of(
                                new NodeConfig(
                                        "1", List.of("node-1", "a.1"), URI.create("http://10.0.0.11:8700"), 256, true),
                                new NodeConfig(
                                        "two",
                                        List.of("two"),
                                        URI.create("https://node.example"),
                                        1,
                                        false,
                                        new Limit(300, 0, Duration.ofSeconds(90)))),
                        null,
                        new Health(
                                "/up?deep=1",
                                Duration.ofMillis(10),
                                Duration.ofHours(1),
                                1,
                                100,
                                List.of(new StatusRange(200, 200), new StatusRange(300, 399)),
                                true,
                                10,
                                Duration.ofMinutes(1)),
                        new Timeouts(
                                Duration.ofMillis(1),
                                Duration.ofMinutes(2),
                                Duration.ofHours(24),
                                Duration.ofSeconds(90),
                                Duration.ZERO),
                        new Tunnels(7),
                        CorsErrors.of(List.of("https://shop.example", "https://agent.example:8443")),
                        List.of(
                                new SetCookieRule(
                                        "gcbSessionServer",
                                        Map.of(
                                                Attribute.SECURE,
                                                "",
                                                Attribute.SAME_SITE,
                                                "None",
                                                Attribute.PARTITIONED,
                                                "",
                                                Attribute.PATH,
                                                "/",
                                                Attribute.DOMAIN,
                                                "example.com")),
                                new SetCookieRule(
                                        "*", Map.of(Attribute.HTTP_ONLY, "remove", Attribute.DOMAIN, "remove"))),
                        new UpstreamTls(directory.resolve("cert.pem").toString(), certificate(), false),
                        Observation.DEFAULTS));
    }

    @Test
    void shouldReadWhereNodesAreFound() throws Exception {
        assertThat(read("discovery: { dns: { name: _a._tcp.example.com } }").config())
                .satisfies(config -> assertThat(config.nodes()).isEmpty())
                .extracting(ProxyConfig::discovery)
                .isEqualTo(new Discovery.Dns("_a._tcp.example.com", Duration.ofSeconds(10)));
        assertThat(read("discovery: { kubernetes: { service: cobrowse, namespace: a, port: 8700 } }")
                        .config()
                        .discovery())
                .isEqualTo(new Discovery.Kubernetes("cobrowse", "a", 8700));
        assertThat(read("discovery: { kubernetes: { service: cobrowse } }")
                        .config()
                        .discovery())
                .isEqualTo(new Discovery.Kubernetes("cobrowse", null, 0));
    }

    @Test
    void shouldReadValuesFromElsewhere() throws Exception {
        Map<String, Object> values = Map.of(
                "nodes", Map.of("0", Map.of("id", 1, "cookie", Map.of("0", "a", "1", "b"), "url", "http://${a}")),
                "stickiness", Map.of("expose-route", true));
        assertThatThrownBy(() -> ConfigReader.read("my.proxy", values))
                .isInstanceOf(ConfigException.class)
                .message()
                .startsWith("my.proxy.nodes[0].url: \"http://${a}\": http://HOST[:PORT]")
                .doesNotContain("\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                EVERY_KEY,
                "nodes: [{id: 1, url: 'http://a'}]",
                "discovery: { dns: { name: a } }",
                "discovery: { kubernetes: { service: a, port: 1 } }"
            })
    void shouldFindNothingWrongWithWhatWasRead(String yaml) throws Exception {
        TestIdentity.create(directory);
        ConfigReader.check(read(yaml).config());
    }

    private Tls.Certificate certificate() {
        return new Tls.Certificate(
                directory.resolve("cert.pem").toString(),
                directory.resolve("key.pem").toString(),
                null);
    }

    @Test
    void shouldFallBackToDefaultsForWhatIsLeftOut() throws Exception {
        ConfigReader.Result result = read("nodes: [{id: 1, url: 'http://a'}]");
        assertThat(result.config())
                .isEqualTo(new ProxyConfig(
                        List.of(Listener.DEFAULT),
                        Admin.DEFAULTS,
                        Stickiness.DEFAULTS,
                        Balance.ROUND_ROBIN,
                        List.of(new NodeConfig("1", List.of("1"), URI.create("http://a"), 1, false)),
                        Health.DEFAULTS,
                        Timeouts.DEFAULTS,
                        Tunnels.DEFAULTS));
        assertThat(result.warnings()).isEmpty();
    }

    @Test
    void shouldTakeASectionWhoseKeysAreAllCommentedOutAsLeftOut() throws Exception {
        assertThat(read("admin:\n  # token: x\nhealth:\ntimeouts:\nnodes: [{id: a, url: 'http://a'}]")
                        .config()
                        .timeouts())
                .isEqualTo(Timeouts.DEFAULTS);
    }

    @Test
    void shouldTakeEveryScalarAsText() throws Exception {
        assertThat(read("nodes: [{id: 0x1F, cookie: [true, 1.50, null, 2026-01-01], url: 'http://a'}]")
                        .config()
                        .nodes())
                .containsExactly(new NodeConfig(
                        "0x1F", List.of("true", "1.50", "null", "2026-01-01"), URI.create("http://a"), 1, false));
    }

    @Test
    void shouldFollowAnchors() throws Exception {
        assertThat(read("timeouts: {connect: &two 2s, drain: *two}\nnodes: [{id: a, url: 'http://a'}]")
                        .config()
                        .timeouts()
                        .drain())
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void shouldReplaceEnvironmentReferencesInScalars() throws Exception {
        ProxyConfig config = read("""
                        listeners: [{name: public, address: "0.0.0.0:${PORT}"}]
                        admin: {address: "0.0.0.0:8081", token: "${TOKEN}"}
                        stickiness: {cookie: "${COOKIE:gcb}-${COOKIE:x}", query-parameter: "${SET:unused}${EMPTY}"}
                        nodes: [{id: a, url: "http://${HOST:node.example}:80${NONE:}"}]
                        """, Map.of("PORT", "9999", "TOKEN", "$1${PORT}${\\", "SET", "set", "EMPTY", ""))
                .config();
        assertThat(config.listeners().get(0).address().port()).isEqualTo(9999);
        assertThat(config.admin().token()).isEqualTo("$1${PORT}${\\");
        assertThat(config.stickiness().cookie()).isEqualTo("gcb-x");
        assertThat(config.stickiness().queryParameter()).isEqualTo("set");
        assertThat(config.nodes().get(0).url()).isEqualTo(URI.create("http://node.example:80"));
    }

    @Test
    void shouldFindTlsFilesRelativeToItsOwnDirectoryAndSayWhatIsWrongWithThem() throws Exception {
        String yaml = "listeners: [{name: a, address: 'a:1', tls: {certificate: %s, private-key: key.pem}}]\n"
                + "nodes: [{id: 1, url: 'http://a'}]";
        String where = directory.resolve("proxy.yaml") + ":1: listeners[0].tls";
        assertThatThrownBy(() -> read(yaml.formatted("cert.pem")))
                .hasMessage(where + ".certificate: \"" + directory.resolve("cert.pem") + "\": a file that can be read\n"
                        + where + ".private-key: \"" + directory.resolve("key.pem") + "\": a file that can be read");
        TestIdentity.create(directory);
        assertThat(read(yaml.formatted("cert.pem")).config().listeners().get(0).tls())
                .isEqualTo(new Tls(
                        directory.resolve("cert.pem").toString(),
                        directory.resolve("key.pem").toString()));
        assertThatThrownBy(() -> read(yaml.formatted("key.pem")))
                .hasMessageStartingWith(where + ".certificate: \"")
                .hasMessageEndingWith(
                        ": a PEM certificate chain and its PEM private key, with key-password where that is encrypted");
    }

    @Test
    void shouldNotWarnOfAnythingInAFileOfEveryKey() throws Exception {
        TestIdentity.create(directory);
        assertThat(read(EVERY_KEY).warnings()).isEmpty();
    }

    @Test
    void shouldRefuseAKeyThatIsNotThatOfTheCertificate() throws Exception {
        TestIdentity other = TestIdentity.create(Files.createDirectory(directory.resolve("other")));
        TestIdentity rsa = TestIdentity.create(Files.createDirectory(directory.resolve("rsa")), "RSA");
        TestIdentity.create(directory);
        for (Path key : List.of(other.privateKey(), rsa.privateKey())) {
            assertThatThrownBy(() ->
                            read("listeners: [{name: a, address: 'a:1', tls: {certificate: cert.pem, private-key: "
                                    + key + "}}]\nnodes: [{id: 1, url: 'http://a'}]"))
                    .hasMessageEndingWith(": the private key that belongs to the certificate")
                    .hasMessageContaining(":1: listeners[0].tls.certificate: ");
        }
    }

    @Test
    void shouldWarnOfCertificatesThatClientsWillRefuse() throws Exception {
        String yaml =
                "listeners: [{name: a, address: 'here.example:1', tls: {certificate: cert.pem, private-key: key.pem}}]\n"
                        + "nodes: [{id: 1, url: 'http://a'}]";
        TestIdentity.create(directory, "EC", "-ext", "san=dns:here.example", "-startdate", "-10d", "-validity", "3");
        assertThat(read(yaml).warnings()).singleElement().asString().contains("cert.pem\" expired at 2");
        TestIdentity.create(directory, "EC", "-ext", "san=dns:here.example", "-startdate", "+10d", "-validity", "3");
        assertThat(read(yaml).warnings()).singleElement().asString().contains("is not valid before 2");
        TestIdentity.create(directory, "EC", "-ext", "san=dns:there.example", "-validity", "3");
        assertThat(read(yaml).warnings())
                .singleElement()
                .asString()
                .endsWith("is not for here.example, where the listener listens, but for there.example");
        TestIdentity.create(directory, "EC", "-validity", "3");
        assertThat(read(yaml).warnings()).element(0).asString().contains("has no subject alternative names");
        TestIdentity.create(directory, "EC", "-ext", "san=dns:*.example", "-validity", "3");
        assertThat(read(yaml).warnings()).isEmpty();
    }

    @Test
    void shouldWarnOfATokenThatIsTheMask() throws Exception {
        assertThat(read("admin: {token: '***'}\nnodes: [{id: a, url: 'http://a'}]")
                        .warnings())
                .singleElement()
                .asString()
                .endsWith(":1: admin.token: this is the mask that check prints, no secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"localhost:0", "LOCALHOST:1", "127.0.0.1:65535", "127.9.9.9:1", "'[::1]:1'", "'[0:0::1]:1'"})
    void shouldNeedNoTokenOnLoopback(String address) throws Exception {
        assertThat(read("admin: {address: " + address + "}\nnodes: [{id: a, url: 'http://a'}]")
                        .config()
                        .admin()
                        .token())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://a",
                "https://a-b.c1:65535",
                "http://10.0.0.1:1",
                "http://[::1]",
                "http://[2001:db8::1]:80"
            })
    void shouldAcceptNodeUrls(String url) throws Exception {
        assertThat(read("nodes: [{id: a, url: '" + url + "'}]")
                        .config()
                        .nodes()
                        .get(0)
                        .url())
                .hasToString(url);
    }

    @Test
    void shouldAcceptAByteOrderMark() throws Exception {
        assertThat(read("\uFEFFnodes: [{id: a, url: 'http://a'}]").config().nodes())
                .hasSize(1);
    }

    @Test
    void shouldKeepTheTokenOutOfTheText() throws Exception {
        TestIdentity.create(directory);
        assertThat(read(EVERY_KEY).config().toString()).contains("***").doesNotContain("s3cret");
    }

    private ConfigReader.Result read(String yaml) throws Exception {
        return read(yaml, Map.of());
    }

    private ConfigReader.Result read(String yaml, Map<String, String> environment) throws Exception {
        return ConfigReader.read(Files.writeString(directory.resolve("proxy.yaml"), yaml), environment::get);
    }
}

package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.filter.CorsErrors;
import io.cobrowse.sticky.proxy.config.FieldRules;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Timeouts;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * R25: every answer of the proxy itself that a browser can get, over HTTP/1.1 and HTTP/2, can be read by a page of
 * another origin if {@code cors.errors} allows it.
 */
class ReadableAnswersTest {
    private static final String ORIGIN = "https://shop.example";
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SHORT = Duration.ofMillis(300);
    private static final Limits DEFAULTS = Limits.DEFAULTS;

    private enum Protocol {
        HTTP_1_1,
        HTTP_2
    }

    private enum Body {
        NONE,
        /** A body of 64 bytes, without a length. */
        UNDECLARED,
        /** A body of 1 byte, with a greater length. */
        UNFINISHED,
        /** A body that is shorter than its length. */
        DECLARED
    }

    /** The relevant part of an answer, whatever the protocol. */
    private record Answer(int status, String type, List<List<String>> cors) {
        static final List<String> FIELDS = List.of(
                "Access-Control-Allow-Origin",
                "Access-Control-Allow-Credentials",
                "Access-Control-Expose-Headers",
                "Vary");
    }

    /** The situations in which the proxy answers itself. */
    private enum Case {
        BAD_REQUEST(400, "bad-request", "GET", "/#fragment"),
        DOUBTFUL_PATH(400, "bad-request", "GET", "/x/..%2fdenied/y"),
        UNKNOWN_NODE(404, "unknown-node", "GET", "/?co-browse-node-id=9"),
        DENIED_PATH(404, "not-found", "GET", "/denied/x"),
        SLOW_HEAD(408, "request-timeout", "GET", "/"),
        SLOW_BODY(408, "request-timeout", "POST", "/"),
        DECLARED_BODY(413, "content-too-large", "POST", "/"),
        UNDECLARED_BODY(413, "content-too-large", "POST", "/"),
        LONG_TARGET(414, "uri-too-long", "GET", "/" + "t".repeat(9_000)),
        MANY_REQUESTS(429, "too-many-requests", "GET", "/"),
        LARGE_HEAD(431, "request-header-too-large", "GET", "/"),
        MANY_FIELDS(431, "request-header-too-large", "GET", "/"),
        REDIRECTED(308, "", "GET", "/"),
        LOST(502, "upstream-failed", "POST", "/?co-browse-node-id=2"),
        NO_HTTP(502, "upstream-failed", "GET", "/?co-browse-node-id=2"),
        NODE_DOWN(503, "node-down", "GET", "/?co-browse-node-id=2"),
        NODE_REFUSES(503, "node-down", "GET", "/?co-browse-node-id=2"),
        NO_NODE(503, "no-node-available", "GET", "/"),
        NODE_BUSY(503, "node-busy", "GET", "/?co-browse-node-id=2"),
        STOPPING(503, "stopping", "GET", "/"),
        NO_ANSWER(504, "upstream-timeout", "GET", "/?co-browse-node-id=2");

        private final int status;
        private final String type;
        private final String method;
        private final String target;

        Case(int status, String type, String method, String target) {
            this.status = status;
            this.type = type;
            this.method = method;
            this.target = target;
        }

        /** Over HTTP/2, heads arrive completely or not at all, and a client that is to go away sends nothing more. */
        Stream<Protocol> protocols() {
            return this == SLOW_HEAD || this == STOPPING ? Stream.of(Protocol.HTTP_1_1) : Stream.of(Protocol.values());
        }

        Body body() {
            return switch (this) {
                case SLOW_BODY -> Body.UNFINISHED;
                case DECLARED_BODY -> Body.DECLARED;
                case UNDECLARED_BODY -> Body.UNDECLARED;
                default -> Body.NONE;
            };
        }

        /** Names and values in turn. */
        String[] fields() {
            return switch (this) {
                case LARGE_HEAD -> new String[] {"cookie", "a=" + "x".repeat(40_000)};
                case MANY_FIELDS ->
                    Stream.generate(() -> Stream.of("x-many", "y"))
                            .limit(300)
                            .flatMap(each -> each)
                            .toArray(String[]::new);
                default -> new String[0];
            };
        }

        Limits limits() {
            int requests = this == MANY_REQUESTS ? 1 : 0;
            long body = body() == Body.NONE ? DEFAULTS.bodyBytes() : 32;
            Duration head = this == SLOW_HEAD ? SHORT : LONG;
            return new Limits(100, 0, requests, head, 0, 32 * 1024, 8 * 1024, body, 200, 256, 200);
        }

        List<String> deny() {
            return this == DENIED_PATH || this == DOUBTFUL_PATH ? List.of("/denied/**") : List.of();
        }

        RawNode.Behaviour node() {
            return switch (this) {
                case LOST -> exchange -> exchange.socket().close();
                case NO_HTTP -> exchange -> exchange.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
                case NO_ANSWER, NODE_BUSY, STOPPING -> RawNode.PARK;
                default -> RawNode.OK;
            };
        }

        Timeouts timeouts() {
            Duration response = this == NO_ANSWER ? SHORT : LONG;
            Duration idle = this == SLOW_BODY ? SHORT : LONG;
            return new Timeouts(Duration.ofSeconds(5), response, idle, LONG, Duration.ofSeconds(10));
        }
    }

    private final List<RawNode> nodes = new ArrayList<>();
    private final List<AutoCloseable> clients = new ArrayList<>();
    private StickyProxyServer proxy;

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        for (RawNode node : nodes) {
            node.close();
        }
        proxy.close();
    }

    static Stream<Arguments> cases() {
        return Arrays.stream(Case.values())
                .flatMap(each -> each.protocols().map(protocol -> Arguments.of(each, protocol)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldLetAPageReadTheAnswer(Case which, Protocol protocol) throws Exception {
        Answer answer = answer(which, protocol, CorsErrors.REFLECT, ORIGIN);
        assertExpected(answer, which);
        assertThat(answer.cors())
                .containsExactly(
                        List.of(ORIGIN), List.of("true"), List.of("Retry-After, Sticky-Route"), List.of("Origin"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldLetAListedPageReadTheAnswer(Case which, Protocol protocol) throws Exception {
        Answer answer = answer(which, protocol, CorsErrors.of(List.of("https://other.example", ORIGIN)), ORIGIN);
        assertExpected(answer, which);
        assertThat(answer.cors())
                .containsExactly(
                        List.of(ORIGIN), List.of("true"), List.of("Retry-After, Sticky-Route"), List.of("Origin"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldNotLetAPageReadTheAnswerThatIsNotListed(Case which, Protocol protocol) throws Exception {
        Answer answer = answer(which, protocol, CorsErrors.of(List.of("https://other.example")), ORIGIN);
        assertExpected(answer, which);
        assertThat(answer.cors()).containsOnly(List.of());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldLetNoPageReadTheAnswerWhereThatIsTurnedOff(Case which, Protocol protocol) throws Exception {
        Answer answer = answer(which, protocol, CorsErrors.OFF, ORIGIN);
        assertExpected(answer, which);
        assertThat(answer.cors()).containsOnly(List.of());
    }

    private static void assertExpected(Answer answer, Case which) {
        assertThat(answer.status()).isEqualTo(which.status);
        assertThat(answer.type()).isEqualTo(which.type);
    }

    private Answer answer(Case which, Protocol protocol, CorsErrors cors, String origin) throws Exception {
        start(which, cors);
        return ask(which, protocol, origin);
    }

    private void start(Case which, CorsErrors cors) throws Exception {
        StickyProxyServerBuilder builder = StickyProxyServer.builder()
                .listen(new Listener(
                        "public",
                        new Address("127.0.0.1", 0),
                        null,
                        List.of(),
                        which.deny(),
                        List.of(),
                        FieldRules.NONE,
                        FieldRules.NONE,
                        which == Case.REDIRECTED ? 443 : 0,
                        false,
                        which.limits()))
                .admin("127.0.0.1", 0)
                .health(new Health("/cobrowse/health", Duration.ofHours(1), LONG, 2, 3))
                .timeouts(which.timeouts())
                .cors(cors);
        for (String id : List.of("1", "2")) {
            RawNode node = new RawNode(which.node());
            nodes.add(node);
            Limit limit = which == Case.NODE_BUSY ? new Limit(1, 0, LONG) : null;
            builder.node(new NodeConfig(id, List.of("node-" + id), URI.create(node.url()), 1, false, limit));
        }
        proxy = builder.build().start();
        if (which == Case.NODE_DOWN || which == Case.NO_NODE) {
            proxy.router().update(table -> table.withState("2", NodeState.DOWN));
        }
        if (which == Case.NO_NODE) {
            proxy.router().update(table -> table.withState("1", NodeState.DOWN));
        }
        if (which == Case.NODE_REFUSES) {
            nodes.get(1).refuse();
        }
    }

    /** Brings the proxy into a situation in which it answers itself, and sends a request. */
    private Answer ask(Case which, Protocol protocol, String origin) throws Exception {
        switch (which) {
            case NODE_BUSY -> park("/?co-browse-node-id=2", nodes.get(1));
            case STOPPING -> {
                return askWhileStopping(which, protocol, origin);
            }
            case MANY_REQUESTS -> {
                // However slow this machine is, some come within a second.
                return await().until(
                                () -> once(which, protocol, origin, client(protocol)),
                                answer -> answer.status() != 200);
            }
            default -> {}
        }
        return once(which, protocol, origin, client(protocol));
    }

    private Answer askWhileStopping(Case which, Protocol protocol, String origin) throws Exception {
        AutoCloseable client = client(protocol);
        once(Case.UNKNOWN_NODE, protocol, origin, client); // No new connection is accepted later.
        AutoCloseable parked = park("/?co-browse-node-id=1", nodes.get(0));
        URI listener = proxy.uri("public");
        CompletableFuture<Void> stopping = CompletableFuture.runAsync(proxy::close);
        awaitRefusal(listener);
        Answer answer = once(which, protocol, origin, client);
        parked.close();
        stopping.join();
        return answer;
    }

    private static void awaitRefusal(URI listener) {
        await().until(() -> {
            try (RawClient late = new RawClient(listener)) {
                return false;
            } catch (ConnectException refused) {
                return true;
            }
        });
    }

    private AutoCloseable park(String target, RawNode node) throws Exception {
        RawClient client = new RawClient(proxy.uri("public"));
        clients.add(client);
        client.send("GET " + target + " HTTP/1.1\r\nHost: p\r\n\r\n");
        node.next();
        return client;
    }

    private AutoCloseable client(Protocol protocol) throws IOException {
        AutoCloseable client = protocol == Protocol.HTTP_2
                ? new RawHttp2Client(proxy.uri("public"))
                : new RawClient(proxy.uri("public"));
        clients.add(client);
        return client;
    }

    private static Answer once(Case which, Protocol protocol, String origin, AutoCloseable client) throws IOException {
        return protocol == Protocol.HTTP_2
                ? overHttp2(which, origin, (RawHttp2Client) client)
                : overHttp1(which, origin, (RawClient) client);
    }

    private static Answer overHttp1(Case which, String origin, RawClient client) throws IOException {
        StringBuilder head = new StringBuilder(which.method + " " + which.target + " HTTP/1.1\r\nHost: p\r\n");
        head.append("Origin: ").append(origin).append("\r\n");
        String[] fields = which.fields();
        for (int i = 0; i < fields.length; i += 2) {
            head.append(fields[i]).append(": ").append(fields[i + 1]).append("\r\n");
        }
        head.append(
                switch (which.body()) {
                    case NONE -> which == Case.SLOW_HEAD ? "X: " : "\r\n";
                    case UNDECLARED -> "Transfer-Encoding: chunked\r\n\r\n40\r\n" + "b".repeat(64) + "\r\n0\r\n\r\n";
                    case UNFINISHED -> "Content-Length: 32\r\n\r\nb";
                    case DECLARED -> "Content-Length: 64\r\n\r\n";
                });
        RawClient.Answer answer = client.send(head.toString()).answer();
        return new Answer(
                answer.status(),
                type(answer.text()),
                Answer.FIELDS.stream().map(answer::values).toList());
    }

    private static Answer overHttp2(Case which, String origin, RawHttp2Client client) throws IOException {
        String[] fields = which.fields();
        String[] all = Arrays.copyOf(fields, fields.length + 2);
        all[fields.length] = "origin";
        all[fields.length + 1] = origin;
        if (which.body() == Body.DECLARED) {
            all = Stream.concat(Arrays.stream(all), Stream.of("content-length", "64"))
                    .toArray(String[]::new);
        }
        int stream = client.begin(which.method, which.target, which.body() == Body.NONE, all);
        switch (which.body()) {
            case UNDECLARED -> client.data(stream, true, "b".repeat(64));
            case UNFINISHED -> client.data(stream, false, "b");
            default -> {}
        }
        RawHttp2Client.Answer answer = client.answer(stream);
        return new Answer(
                answer.status(),
                type(answer.text()),
                Answer.FIELDS.stream().map(answer::values).toList());
    }

    private static String type(String document) {
        int start = document.indexOf("urn:cobrowse-proxy:");
        return start < 0 ? document : document.substring(start + 19, document.indexOf('"', start));
    }
}

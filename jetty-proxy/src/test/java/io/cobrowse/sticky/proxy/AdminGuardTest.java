package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import io.cobrowse.sticky.routing.NodeState;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which requests the admin listener accepts: from pages of other sites, under names that were made to resolve to it,
 * and with guessed tokens.
 */
class AdminGuardTest {
    private static final String BODY = "{\"state\":\"maint\"}";

    private StickyProxyServer proxy;

    private void start(String host, String token) throws IOException {
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin(new Admin(new Address(host, 0), token))
                .node("1", "node-1", "http://127.0.0.1:1")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private RawClient.Answer change(String... fields) throws IOException {
        try (RawClient client = new RawClient(proxy.adminUri())) {
            return client.send("PUT /api/nodes/1/state HTTP/1.1\r\n" + String.join("\r\n", fields)
                            + "\r\nContent-Length: " + BODY.length() + "\r\n\r\n" + BODY)
                    .answer();
        }
    }

    private NodeState state() {
        return proxy.states().status(proxy.router().table().node("1")).admin();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evil.example",
                "evil.example:8081",
                "127.0.0.1.evil.example",
                "localhost.evil.example",
                "localhost.",
                "1.2.3.4a",
                "x"
            })
    void shouldNotAnswerToANameOfAnotherSite(String host) throws Exception {
        start("127.0.0.1", null);
        assertThat(change("Host: " + host, "Content-Type: application/json").status())
                .isEqualTo(421);
        assertThat(change("Host: " + host, "Content-Type: application/json", "Origin: http://" + host)
                        .status())
                .isEqualTo(421);
        assertThat(state()).isEqualTo(NodeState.READY);
        try (RawClient client = new RawClient(proxy.adminUri())) {
            client.send("GET /api/nodes HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            RawClient.Answer answer = client.answer();
            assertThat(answer.status()).isEqualTo(421);
            assertThat(answer.values("Content-Type")).containsExactly("application/problem+json");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "LocalHost:1",
                "127.0.0.1",
                "127.0.0.1:8081",
                "[::1]",
                "[::1]:8081",
                "10.0.0.1",
                "[::ffff:127.0.0.1]:8081"
            })
    void shouldAnswerToAddressesAndLocalhost(String host) throws Exception {
        start("127.0.0.1", null);
        assertThat(change("Host: " + host, "Content-Type: application/json").status())
                .isEqualTo(200);
        assertThat(state()).isEqualTo(NodeState.MAINT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://evil.example",
                "null",
                "http://127.0.0.1",
                "http://127.0.0.1:80810",
                "http://localhost:8081"
            })
    void shouldChangeNothingForThePageOfAnotherSite(String origin) throws Exception {
        start("127.0.0.1", null);
        assertThat(change("Host: 127.0.0.1:8081", "Content-Type: application/json", "Origin: " + origin)
                        .status())
                .isEqualTo(403);
        assertThat(state()).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldChangeWhatItsOwnPageAsksFor() throws Exception {
        start("127.0.0.1", null);
        assertThat(change("Host: 127.0.0.1:8081", "Content-Type: application/json", "Origin: http://127.0.0.1:8081")
                        .status())
                .isEqualTo(200);
        assertThat(state()).isEqualTo(NodeState.MAINT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y", "Content-Type: text/plain", "Content-Type: application/x-www-form-urlencoded"})
    void shouldTakeNothingButJson(String field) throws Exception {
        start("127.0.0.1", null);
        assertThat(change("Host: 127.0.0.1:8081", field).status()).isEqualTo(415);
        assertThat(state()).isEqualTo(NodeState.READY);
    }

    @Test
    void shouldAnswerWrongTokensLate() throws Exception {
        start("127.0.0.1", "s3cret");
        long begin = System.nanoTime();
        assertThat(guess(5)).containsOnly(401);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThan(Duration.ofMillis(900));
        try (RawClient client = RawClient.ofAdmin(proxy.adminUri())) {
            assertThat(client.get("/api/nodes").status()).isEqualTo(401);
            assertThat(client.get("/livez").status()).isEqualTo(200);
            assertThat(client.get("/api/nodes", "Authorization: Bearer s3cret").status())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldNotLookAtTokensWhereTooManyWrongOnesWait() throws Exception {
        start("127.0.0.1", "s3cret");
        // However slow this machine is, some come within a second.
        await().atMost(Duration.ofSeconds(30)).until(() -> guess(12).contains(429));
    }

    /** Returns what so many wrong tokens at a time are answered. */
    private List<Integer> guess(int count) throws IOException {
        List<RawClient> guessers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            guessers.add(RawClient.ofAdmin(proxy.adminUri())
                    .send("GET /api/nodes HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer guess" + i
                            + "\r\n\r\n"));
        }
        List<Integer> statuses = new ArrayList<>();
        for (RawClient guesser : guessers) {
            statuses.add(guesser.answer().status());
            guesser.close();
        }
        return statuses;
    }

    @Test
    void shouldTellThatABodyIsNotComplete() throws Exception {
        start("127.0.0.1", null);
        try (RawClient client = new RawClient(proxy.adminUri())) {
            client.send("PUT /api/nodes/1/state HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                            + "Content-Length: 100\r\n\r\n" + BODY)
                    .socket()
                    .shutdownOutput();
            assertThat(client.answer().status()).isEqualTo(400);
        }
        assertThat(state()).isEqualTo(NodeState.READY);
    }
}

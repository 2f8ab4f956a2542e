package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultsTest {
    private static final String FAULTS = "/cobrowse/internal/faults";

    private CobrowseNode node;

    @BeforeEach
    void start() throws Exception {
        node = CobrowseNode.builder().name("node-1").build().start();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldAnswerTheHealthCheckAsTold() throws Exception {
        node.inject(Faults.health(503));
        assertThat(Http.get(node, "/cobrowse/health").statusCode()).isEqualTo(503);

        node.inject(Faults.NONE);
        assertThat(Http.get(node, "/cobrowse/health").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldDelayRequests() throws Exception {
        node.inject(Faults.latency(300));
        long start = System.nanoTime();

        assertThat(Http.get(node, "/cobrowse/health").statusCode()).isEqualTo(200);

        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(299));
        assertThat(Http.get(node, "/nowhere").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldRefuseConnectionsAndListenOnTheSamePortAgain() throws Exception {
        int port = node.port();
        String token = Http.createSession(node);

        for (int i = 0; i < 10; i++) {
            node.inject(Faults.refusing());
            assertThatThrownBy(() -> Http.get(node, "/cobrowse/health")).isInstanceOf(ConnectException.class);

            node.inject(Faults.NONE);
            assertThat(node.port()).isEqualTo(port);
            assertThat(Http.get(node, "/cobrowse/rest/live/sessions/" + token).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void shouldHangUntilTheFaultIsLifted() throws Exception {
        node.inject(Faults.hanging());
        CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() -> healthUnchecked());
        Awaitility.await().until(() -> node.heldRequests() == 1);
        assertThat(answer).isNotDone();
        assertThat(Http.get(node, "/cobrowse/internal/stats").statusCode()).isEqualTo(200);

        node.inject(Faults.NONE);

        assertThat(answer.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTakeFaultsOverHttp() throws Exception {
        HttpResponse<String> answer =
                Http.send("PUT", node.uri().resolve(FAULTS), "{\"healthStatus\":500,\"latencyMillis\":1}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body())
                .isEqualTo("{\"latencyMillis\":1,\"healthStatus\":500,\"refuse\":false,\"hang\":false}");
        Awaitility.await().until(() -> Http.get(node, "/cobrowse/health").statusCode() == 500);
        assertThat(Http.get(node, FAULTS).body()).isEqualTo(answer.body());

        Http.post(node, FAULTS, "{}");
        Awaitility.await().until(() -> Http.get(node, "/cobrowse/health").statusCode() == 200);
    }

    @Test
    void shouldRefuseForATimeOverHttp() throws Exception {
        HttpResponse<String> answer = Http.post(node, FAULTS, "{\"refuse\":true,\"forMillis\":300}");

        assertThat(answer.statusCode()).isEqualTo(200);
        Awaitility.await().until(() -> node.faults().refuse());
        Awaitility.await().until(() -> !node.faults().refuse());
        Awaitility.await()
                .ignoreException(ConnectException.class)
                .until(() -> Http.get(node, "/cobrowse/health").statusCode() == 200);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"latencyMillis\":-1}; latencyMillis: -1 is not within 0 to 600000",
                "{\"latencyMillis\":600001}; latencyMillis: 600001 is not within 0 to 600000",
                "{\"latencyMillis\":\"1\"}; latencyMillis: 1 is not a whole number",
                "{\"healthStatus\":199}; healthStatus: 199 is not within 200 to 599",
                "{\"hang\":1}; hang: 1 is neither true nor false",
                "{\"refuse\":true}; forMillis: must be above 0 where refuse is true",
                "{\"latency\":1}; Wanted is an object with some of the keys",
                "[]; Wanted is an object with some of the keys",
                "{; This is not JSON",
            })
    void shouldSayWhatIsWrongWithFaults(String body, String message) throws Exception {
        HttpResponse<String> answer = Http.post(node, FAULTS, body);

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat((String) Http.json(answer).get("message")).startsWith(message);
        assertThat(node.faults()).isEqualTo(Faults.NONE);
    }

    private HttpResponse<String> healthUnchecked() {
        try {
            return Http.get(node, "/cobrowse/health");
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }
}

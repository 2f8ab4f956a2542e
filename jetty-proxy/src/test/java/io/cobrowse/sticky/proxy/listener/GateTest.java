package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class GateTest {
    @Test
    void shouldCountARequestOutWhoseHandlerFails() throws Exception {
        Gate gate = new Gate();
        gate.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                throw new IllegalStateException("broken");
            }
        });
        Server server = new Server();
        server.setErrorHandler(new Problems());
        server.setHandler(gate);
        ListenerConnector connector = new ListenerConnector(server, 1, ListenerPolicy.OPEN, ProxyHttp.clearText());
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + connector.getLocalPort());
            HttpResponse<String> answer =
                    HttpClient.newHttpClient().send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(500);
            assertThat(answer.body()).contains("internal-error").doesNotContain("broken");
            await().until(() -> gate.inFlight() == 0);
            assertThat(gate.closeAndWait(Duration.ofSeconds(10))).isTrue();
        } finally {
            server.stop();
        }
    }
}

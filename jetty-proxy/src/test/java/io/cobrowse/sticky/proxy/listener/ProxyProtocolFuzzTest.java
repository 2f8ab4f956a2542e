package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/**
 * Nothing is served after bytes that are not a header of the PROXY protocol, and such bytes never stop the connector.
 */
class ProxyProtocolFuzzTest {
    private static final String REQUEST = "GET / HTTP/1.0\r\n\r\n";
    private static final String VERSION_2 = "\r\n\r\n\u0000\r\nQUIT\n";

    private static final Server SERVER = new Server();
    private static final LocalConnector CONNECTOR =
            new LocalConnector(SERVER, null, null, null, 1, ProxyHttp.behindProxyProtocol(new HttpConnectionFactory()));

    @BeforeAll
    static void start() throws Exception {
        SERVER.addConnector(CONNECTOR);
        SERVER.setHandler(new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, "served", callback);
                return true;
            }
        });
        SERVER.start();
    }

    @AfterAll
    static void stop() throws Exception {
        SERVER.stop();
    }

    @FuzzTest(maxDuration = "2m")
    void shouldServeNothingWithoutAHeader(byte[] header) throws Exception {
        byte[] request = REQUEST.getBytes(StandardCharsets.US_ASCII);
        try (LocalConnector.LocalEndPoint client = CONNECTOR.connect()) {
            client.addInputAndExecute(ByteBuffer.allocate(header.length + request.length)
                    .put(header)
                    .put(request)
                    .flip());
            client.addInputEOF();
            client.waitUntilClosedOrIdleFor(15, TimeUnit.SECONDS);
            assertThat(client.isOpen()).isFalse();
            if (client.getOutputString().endsWith("served")) {
                String text = new String(header, StandardCharsets.ISO_8859_1);
                assertThat(text.startsWith("PROXY ") || text.startsWith(VERSION_2))
                        .isTrue();
            }
        }
    }
}

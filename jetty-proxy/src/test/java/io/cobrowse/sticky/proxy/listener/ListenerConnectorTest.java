package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.Test;

class ListenerConnectorTest {
    /** Above the JDK's default of 50, and below the limit of old kernels, 128. */
    private static final int BURST = 100;

    @Test
    void shouldHoldABurstOfConnectionsUntilTheyAreAccepted() throws Exception {
        List<Socket> sockets = new ArrayList<>();
        try (ListenerConnector connector =
                new ListenerConnector(new Server(), 1, ListenerPolicy.OPEN, ProxyHttp.clearText())) {
            connector.setHost("127.0.0.1");
            connector.open(); // Not started, so nothing is accepted.
            for (int i = 0; i < BURST; i++) {
                Socket socket = new Socket();
                sockets.add(socket);
                socket.connect(new InetSocketAddress("127.0.0.1", connector.getLocalPort()), 900);
            }
            assertThat(sockets).allMatch(Socket::isConnected);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }
}

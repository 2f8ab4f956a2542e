package io.cobrowse.load.run;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ReachTest {
    /** As a busy machine does when nodes, the proxy and several injectors have just started. */
    @Test
    void shouldWaitForATargetThatTakesSecondsForItsFirstAnswer() throws Exception {
        HttpServer target = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        target.createContext("/", exchange -> {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5_500));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        target.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + target.getAddress().getPort());
            assertThatCode(() -> Reach.check(uri, "/")).doesNotThrowAnyException();
        } finally {
            target.stop(0);
        }
    }
}

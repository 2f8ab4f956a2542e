package io.cobrowse.sticky.proxy.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ClientsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final Clients clients = new Clients();

    private static Object key(String address) throws Exception {
        return Clients.key(InetAddress.getByName(address));
    }

    @Test
    void shouldTakeAnIpv6NetworkForOneClient() throws Exception {
        assertThat(key("2001:db8:0:1::1")).isEqualTo(key("2001:db8:0:1:ffff::2"));
        assertThat(key("2001:db8:0:1::1")).isNotEqualTo(key("2001:db8:0:2::1"));
        assertThat(key("192.0.2.1")).isNotEqualTo(key("192.0.2.2")).isEqualTo(key("::ffff:192.0.2.1"));
    }

    @Test
    void shouldCountConnectionsAndForgetWhoHasNone() throws Exception {
        Object client = key("192.0.2.1");
        assertThat(clients.open(client, 2)).isTrue();
        assertThat(clients.open(client, 2)).isTrue();
        assertThat(clients.open(client, 2)).isFalse();
        assertThat(clients.open(key("192.0.2.2"), 2)).isTrue();
        clients.close(client);
        assertThat(clients.open(client, 2)).isTrue();
        clients.close(client);
        clients.close(client);
        clients.close(key("192.0.2.2"));
        assertThat(clients.size()).isZero();
    }

    @Test
    void shouldAllowSoManyRequestsASecond() throws Exception {
        Object client = key("192.0.2.1");
        long now = -5;
        for (int i = 0; i < 3; i++) {
            assertThat(clients.request(client, 3, now)).isTrue();
        }
        assertThat(clients.request(client, 3, now)).isFalse();
        assertThat(clients.request(client, 3, now + SECOND / 4)).isFalse();
        assertThat(clients.request(client, 3, now + SECOND / 2)).isTrue();
        assertThat(clients.request(client, 3, now + SECOND / 2)).isFalse();
        assertThat(clients.request(key("192.0.2.2"), 3, now)).isTrue();
        // However long it was silent, it may ask for no more than that at once.
        for (int i = 0; i < 3; i++) {
            assertThat(clients.request(client, 3, now + 100 * SECOND)).isTrue();
        }
        assertThat(clients.request(client, 3, now + 100 * SECOND)).isFalse();
    }

    @Test
    void shouldRememberWhatAClientAskedForThoughItsConnectionIsClosed() throws Exception {
        Object client = key("192.0.2.1");
        clients.open(client, 1);
        assertThat(clients.request(client, 1, 0)).isTrue();
        clients.close(client);
        clients.forget(SECOND / 2);
        clients.open(client, 1);
        assertThat(clients.request(client, 1, SECOND / 2)).isFalse();
        clients.close(client);
        clients.forget(3 * SECOND);
        assertThat(clients.size()).isZero();
    }
}

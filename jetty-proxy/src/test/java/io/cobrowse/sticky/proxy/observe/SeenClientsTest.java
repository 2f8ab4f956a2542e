package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SeenClientsTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final long begin = Long.MAX_VALUE - 5 * SECOND; // The clock may overflow.
    private final SeenClients clients = new SeenClients(begin);

    @Test
    void shouldCountEachClientOnce() {
        for (int i = 0; i < 3; i++) {
            for (long client = 0; client < 1000; client++) {
                clients.seen(client, begin + i * SECOND);
            }
        }
        assertThat(clients.count(begin + 3 * SECOND)).isEqualTo(1000);
        assertThat(clients.count(begin + 50 * SECOND)).isZero();
    }

    @Test
    void shouldSayForHowLongNobodyWasSeen() {
        assertThat(clients.quietNanos(begin)).isEqualTo(Long.MAX_VALUE);
        clients.seen(7, begin + SECOND);
        assertThat(clients.quietNanos(begin + SECOND)).isZero();
        assertThat(clients.quietNanos(begin + 10 * SECOND)).isEqualTo(9 * SECOND);
    }

    @Test
    void shouldTakeTheSlotsOfThoseWhoAreGone() {
        for (long client = 0; client < 5000; client++) {
            clients.seen(client, begin);
        }
        for (long client = 5000; client < 10_000; client++) {
            clients.seen(client, begin + 60 * SECOND);
        }
        assertThat(clients.count(begin + 60 * SECOND)).isEqualTo(5000);
    }

    @Test
    void shouldStayBoundedWhateverComes() {
        for (long client = 0; client < 100_000; client++) {
            clients.seen(client, begin);
        }
        assertThat(clients.count(begin)).isBetween(7000, 8192);
        assertThat(clients.quietNanos(begin)).isZero();
    }
}

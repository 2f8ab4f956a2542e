package io.cobrowse.sticky.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NodePlacesTest {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<String> told = new ArrayList<>();
    private final NodePlaces places = new NodePlaces(new Limit(1, 10_000, Duration.ofSeconds(10)));

    private void work() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    /** Leaves its place as soon as it has one, or learns that there is none. */
    private class Waiter extends FakeRequester {
        private final String name;
        NodePlaces.Place place;

        Waiter(String name) {
            super(tasks::add);
            this.name = name;
        }

        @Override
        public void admitted() {
            told.add(name);
            place.leave();
        }

        @Override
        public void turnedAway() {
            told.add(name + " late");
        }

        @Override
        public void connectFailed(Throwable cause) {
            told.add(name + " evicted");
        }
    }

    private Waiter enter(String name) {
        Waiter waiter = new Waiter(name);
        waiter.place = places.enter(waiter);
        return waiter;
    }

    @Test
    void shouldAdmitWhoeverWaitsInTheOrderOfComing() {
        Waiter first = enter("first");
        assertThat(first.place.atOnce()).isTrue();
        enter("second");
        enter("third");
        assertThat(places.waiting()).isEqualTo(2);
        first.place.leave();
        work();
        assertThat(told).containsExactly("second", "third");
        assertThat(enter("fourth").place.atOnce()).isTrue();
    }

    @Test
    void shouldNotTellOnTheStackOfWhoLeaves() {
        Waiter first = enter("first");
        for (int i = 0; i < 10_000; i++) {
            enter("next");
        }
        first.place.leave();
        assertThat(told).as("nobody on this stack").isEmpty();
        work(); // Each leaves when it is notified; recursion would overflow the stack.
        assertThat(told).hasSize(10_000);
    }

    @Test
    void shouldRefuseBeyondTheQueue() {
        enter("first");
        for (int i = 0; i < 10_000; i++) {
            enter("next");
        }
        assertThat(enter("one too many").place).isNull();
    }

    @Test
    void shouldTurnAwayWhoeverHasWaitedForTooLong() {
        Waiter first = enter("first");
        enter("second");
        places.tick(System.nanoTime());
        work();
        assertThat(told).isEmpty();
        places.tick(System.nanoTime() + TimeUnit.SECONDS.toNanos(11));
        work();
        assertThat(told).containsExactly("second late");
        first.place.leave();
        first.place.leave();
        assertThat(enter("third").place.atOnce()).isTrue();
        assertThat(enter("fourth").place.atOnce())
                .as("leaving twice frees one place")
                .isFalse();
    }

    @Test
    void shouldEvictWhoeverWaits() {
        enter("first");
        enter("second");
        places.evict();
        work();
        assertThat(told).containsExactly("second evicted");
        assertThat(places.waiting()).isZero();
    }

    @Test
    void shouldAdmitMoreWhenTheLimitIsRaised() {
        enter("first");
        enter("second");
        places.setLimit(new Limit(2, 10, Duration.ofSeconds(10)));
        work();
        assertThat(told).containsExactly("second");
    }
}

package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Limit;
import java.time.Duration;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Several loops use a node's places at the same time. However their steps interleave, the results are those of whole
 * calls in some order.
 */
@Tag("interleavings")
public class NodePlacesInterleavingsTest {
    private static final int MAX_ACTIVE = 1;
    private static final int QUEUE = 1;

    private final NodePlaces places = new NodePlaces(new Limit(MAX_ACTIVE, QUEUE, Duration.ofHours(1)));
    private final @Nullable Waiter[] waiters = new Waiter[3];

    /** Requests a place, if this thread has none. */
    @Operation
    public String enter(@Param(gen = ThreadIdGen.class) int thread) {
        if (waiters[thread] != null) {
            return "asked already";
        }
        Waiter waiter = new Waiter();
        NodePlaces.Place place = places.enter(waiter);
        if (place == null) {
            return "turned away";
        }
        waiter.place = place;
        waiters[thread] = waiter;
        return place.atOnce() ? "at once" : "waits";
    }

    /** Leaves the place, or the queue. */
    @Operation
    public String leave(@Param(gen = ThreadIdGen.class) int thread) {
        Waiter waiter = waiters[thread];
        if (waiter == null) {
            return "has none";
        }
        waiters[thread] = null;
        Objects.requireNonNull(waiter.place).leave();
        return "left";
    }

    @Operation
    public int waiting() {
        return places.waiting();
    }

    @Test
    void shouldNeverGiveAPlaceTwiceNorLoseOneInAnyInterleaving() {
        new ModelCheckingOptions()
                .iterations(15)
                .invocationsPerIteration(200)
                .threads(2)
                .actorsPerThread(3)
                .check(NodePlacesInterleavingsTest.class);
    }

    private static final class Waiter extends FakeRequester {
        NodePlaces.@Nullable Place place;

        Waiter() {
            super(Runnable::run);
        }
    }
}

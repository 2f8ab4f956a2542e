package io.cobrowse.sticky.proxy.listener;

import java.time.Duration;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A stop meets requests that come and go: it neither misses one that was admitted nor waits for one that has left. */
@Tag("interleavings")
public class InFlightInterleavingsTest {
    private final InFlight requests = new InFlight();
    private final int[] entered = new int[4];

    @Operation
    public boolean enter(@Param(gen = ThreadIdGen.class) int thread) {
        entered[thread]++;
        return requests.enter();
    }

    /** Ends a request of this thread, where it has one. */
    @Operation
    public boolean leave(@Param(gen = ThreadIdGen.class) int thread) {
        if (entered[thread] == 0) {
            return false;
        }
        entered[thread]--;
        requests.leave();
        return true;
    }

    /** Returns whether all requests have ended. */
    @Operation
    public boolean close() throws InterruptedException {
        return requests.closeAndWait(Duration.ZERO);
    }

    @Test
    void shouldEndAStopWithTheLastRequestInAnyInterleaving() {
        new ModelCheckingOptions()
                .iterations(30)
                .invocationsPerIteration(300)
                .threads(2)
                .actorsPerThread(3)
                .check(InFlightInterleavingsTest.class);
    }
}

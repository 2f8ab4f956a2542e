package io.cobrowse.sticky.proxy.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InputBuffersTest {
    private final ArrayByteBufferPool.Tracking pool = new ArrayByteBufferPool.Tracking();
    private final InputBuffers inputs = new InputBuffers(pool);
    private final List<RetainableByteBuffer> taken = new ArrayList<>();

    @AfterEach
    void shouldHaveGivenEverythingBack() {
        taken.forEach(RetainableByteBuffer::release);
        assertThat(pool.getLeaks()).isEmpty();
    }

    private RetainableByteBuffer acquire(boolean flowing) {
        RetainableByteBuffer buffer = inputs.acquire(flowing);
        taken.add(buffer);
        return buffer;
    }

    @Test
    void shouldGiveLargeBuffersToWhatFlowsAlone() {
        RetainableByteBuffer small = acquire(false);
        RetainableByteBuffer large = acquire(true);
        assertThat(small.capacity()).isEqualTo(InputBuffers.BYTES);
        assertThat(large.capacity()).isEqualTo(InputBuffers.LARGE_BYTES);
        assertThat(inputs.mayGrow(small)).isTrue();
        assertThat(inputs.mayGrow(large)).isFalse();
    }

    @Test
    void shouldGiveNoMoreThanSoManyLargeBuffersAtATime() {
        RetainableByteBuffer first = acquire(true);
        for (int i = 1; i < InputBuffers.MAX_LARGE; i++) {
            acquire(true);
        }
        RetainableByteBuffer small = acquire(true);
        assertThat(small.capacity()).isEqualTo(InputBuffers.BYTES);
        assertThat(inputs.mayGrow(small)).isFalse();

        taken.remove(first);
        first.release();
        assertThat(inputs.mayGrow(small)).isTrue();
        assertThat(acquire(true).capacity()).isEqualTo(InputBuffers.LARGE_BYTES);
        assertThat(acquire(true).capacity()).isEqualTo(InputBuffers.BYTES);
    }

    @Test
    void shouldCountALargeBufferUntilItsLastHolderReleasesIt() {
        for (int i = 0; i < InputBuffers.MAX_LARGE; i++) {
            acquire(true);
        }
        RetainableByteBuffer held = taken.get(0);
        held.retain();
        held.release();
        assertThat(acquire(true).capacity()).isEqualTo(InputBuffers.BYTES);
    }
}

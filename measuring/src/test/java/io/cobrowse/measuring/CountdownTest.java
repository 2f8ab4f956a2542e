package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CountdownTest {
    private final AtomicLong clock = new AtomicLong();

    @Test
    void shouldCountDownToNothingWithTheLastPart() {
        Countdown countdown = new Countdown(3, clock::get);
        assertThat(countdown.left()).isEqualTo("time left not known yet");
        pass(20);
        countdown.done();
        assertThat(countdown.left()).isEqualTo("40 s left");
        pass(20);
        countdown.done();
        pass(20);
        countdown.done();
        assertThat(countdown.left()).isEqualTo("0 s left");
    }

    @Test
    void shouldTellMinutesWhereItIsLong() {
        Countdown countdown = new Countdown(10, clock::get);
        pass(100);
        countdown.done();
        assertThat(countdown.left()).isEqualTo("15 min left");
    }

    private void pass(int seconds) {
        clock.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }
}

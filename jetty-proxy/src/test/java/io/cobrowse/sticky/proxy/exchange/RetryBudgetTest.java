package io.cobrowse.sticky.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
    private long nowNanos = Long.MAX_VALUE - TimeUnit.SECONDS.toNanos(5);
    private final RetryBudget budget = new RetryBudget(nowNanos);

    private void requests(int count) {
        IntStream.range(0, count).forEach(i -> budget.request());
    }

    private int retries() {
        return (int)
                IntStream.range(0, 10_000).takeWhile(i -> budget.tryRetry()).count();
    }

    private void pass(int seconds) {
        for (int i = 0; i < seconds * 10; i++) {
            nowNanos += TimeUnit.MILLISECONDS.toNanos(100);
            budget.tick(nowNanos);
        }
    }

    @Test
    void shouldAllowAFifthOfTheRequestsOfTheLastSeconds() {
        requests(600);
        pass(5);
        requests(600);
        assertThat(retries()).isEqualTo(1200 / RetryBudget.REQUESTS_PER_RETRY);
        assertThat(retries()).isZero();
        pass(5);
        assertThat(retries()).as("the first 600 are forgotten").isZero();
        pass(6);
        assertThat(retries()).isEqualTo(RetryBudget.FLOOR);
    }

    @Test
    void shouldAlwaysAllowAFew() {
        assertThat(retries()).isEqualTo(RetryBudget.FLOOR);
        pass(RetryBudget.SECONDS - 1);
        assertThat(retries()).isZero();
        pass(2);
        assertThat(retries()).isEqualTo(RetryBudget.FLOOR);
    }
}

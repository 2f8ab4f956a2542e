package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ComponentTest {
    private static Component component(boolean bounded, @Nullable Estimate perCore, boolean measured) {
        return new Component(
                "proxy", 1, 1_500, bounded, "injector", 0.9, perCore, measured, null, null, null, List.of());
    }

    @Test
    void shouldSayThatTheLimitWasNotReachedWhereTheFigureIsReckoned() {
        assertThat(component(false, new Estimate(5_172, 4_800, 5_600), false).sentence())
                .isEqualTo(
                        "A proxy core is reckoned to carry 5,172 sessions (4,800 to 5,600), by its CPU time at 70 % use:"
                                + " limit not reached, 1,500 sessions on 1 core were the most it carried.");
    }

    @Test
    void shouldSayTheRangeWhereTheLimitWasReached() {
        assertThat(component(true, new Estimate(2_860, 2_750, 2_970), true).sentence())
                .isEqualTo("A proxy core carries 2,860 sessions (2,750 to 2,970).");
    }

    @Test
    void shouldSayThatMoreWasNotTried() {
        assertThat(component(false, null, false).sentence())
                .isEqualTo("The proxy carries at least 1,500 sessions: the limit was not reached, more was not tried.");
    }
}

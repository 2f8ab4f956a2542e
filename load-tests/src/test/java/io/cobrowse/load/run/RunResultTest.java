package io.cobrowse.load.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.settings.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunResultTest {
    private static final int MESSAGES = 100;

    static RunResult of(int injector, int injectors) {
        return of(injector, injectors, MESSAGES);
    }

    /** Returns a result whose window has these bounds, in milliseconds. */
    static RunResult lasting(long from, long until) {
        return of(1, 1, MESSAGES, from, until);
    }

    static RunResult of(int injector, int injectors, long messages) {
        return of(injector, injectors, messages, 1_000, 11_000);
    }

    private static RunResult of(int injector, int injectors, long messages, long from, long until) {
        InjectorResult load = new InjectorResult(
                1,
                from,
                until,
                10,
                10,
                100,
                0,
                messages,
                50,
                0,
                5,
                messages == 0 ? 0 : 5,
                0,
                0,
                "",
                0,
                Map.of(),
                Map.of());
        return new RunResult(
                injector,
                injectors,
                false,
                "steady",
                Settings.defaults().profile("steady"),
                "average",
                0.5,
                "http://proxy",
                List.of(),
                load,
                List.of(),
                List.of(),
                List.of());
    }

    @Test
    void shouldAddUpWhatEachInjectorMeasured() {
        RunResult merged = RunResult.merge(List.of(of(2, 3), of(1, 3), of(3, 3)));

        assertThat(merged.load().messages()).isEqualTo(3 * MESSAGES);
        assertThat(merged.load().injectors()).isEqualTo(3);
        assertThat(merged.interrupted()).isFalse();
    }

    @Test
    void shouldRefuseTheSameInjectorTwice() {
        assertThatThrownBy(() -> RunResult.merge(List.of(of(1, 2), of(1, 2))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Injector 1/2 is there twice");
    }

    @Test
    void shouldSayWhichInjectorsAreMissing() {
        assertThatThrownBy(() -> RunResult.merge(List.of(of(2, 4))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Of 4 injectors these are missing: 1, 3, 4");
    }

    @Test
    void shouldRefuseInjectorsOfDifferentRuns() {
        assertThatThrownBy(() -> RunResult.merge(List.of(of(1, 2), of(2, 3))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("different runs");
    }

    @Test
    void shouldRefuseWhatDoesNotSayWhichInjectorItIsOf() {
        assertThatThrownBy(() -> RunResult.merge(List.of(of(0, 0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("which injector");
    }
}

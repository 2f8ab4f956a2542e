package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrialLogTest {
    private static final String CONDITIONS = "average, 200 ms";

    @TempDir
    private Path directory;

    private final List<Integer> loaded = new ArrayList<>();

    /** A system that carries 400 sessions. */
    private final SystemUnderLoad system = sessions -> {
        loaded.add(sessions);
        return new Trial(sessions, sessions <= 400, 1, sessions, Map.of("proxy", 0.001 * sessions));
    };

    private CapacitySearch.Found search(TrialLog log, SystemUnderLoad what) throws Exception {
        return new CapacitySearch(
                        log.recording(what),
                        50,
                        10_000,
                        0.08,
                        trial -> new Bottleneck("own", 0.95, true),
                        (good, bad, left) -> {})
                .search();
    }

    @Test
    void shouldGoOnWhereAnInterruptedSearchHasStopped() throws Exception {
        CapacitySearch.Found whole = search(TrialLog.begin(directory, CONDITIONS), system);
        List<Integer> all = List.copyOf(loaded);
        loaded.clear();
        SystemUnderLoad interruptedAtTheFifth = sessions -> {
            if (loaded.size() == 4) {
                throw new InterruptedException();
            }
            return system.load(sessions);
        };
        assertThatThrownBy(() -> search(TrialLog.begin(directory, CONDITIONS), interruptedAtTheFifth))
                .isInstanceOf(InterruptedException.class);
        loaded.clear();

        CapacitySearch.Found resumed = search(TrialLog.resume(directory, CONDITIONS), system);

        assertThat(resumed).isEqualTo(whole);
        assertThat(loaded).isEqualTo(all.subList(4, all.size()));
    }

    /** Where the run that goes on is interrupted as well, in its warm-up. */
    @Test
    void shouldKnowTheTrialsThatTheSearchHasNotComeToYet() throws Exception {
        CapacitySearch.Found whole = search(TrialLog.begin(directory, CONDITIONS), system);

        assertThat(TrialLog.resume(directory, CONDITIONS).trialsSoFar()).isEqualTo(whole.trials());
    }

    @Test
    void shouldKnowTheComponentsThatWereFound() throws Exception {
        Component node = new Component("node", 1, 400, true, "nodes", 0.95, null, false, null, null, null, List.of());
        TrialLog.begin(directory, CONDITIONS).found(node);

        assertThat(TrialLog.resume(directory, CONDITIONS).component("node")).isEqualTo(node);
        assertThat(TrialLog.resume(directory, CONDITIONS).component("proxy")).isNull();
    }

    @Test
    void shouldNotMixTrialsOfOtherConditions() throws Exception {
        search(TrialLog.begin(directory, CONDITIONS), system);

        assertThatThrownBy(() -> TrialLog.resume(directory, "high, 200 ms"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("other conditions");
    }

    @Test
    void shouldSayThatThereIsNothingToResume() {
        assertThatThrownBy(() -> TrialLog.resume(directory, CONDITIONS))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("There is no file");
    }
}

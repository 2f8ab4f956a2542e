package io.cobrowse.load.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.load.settings.Json;
import io.cobrowse.measuring.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SizingTest {
    private static Component component(String name, Estimate perCore) {
        return new Component(
                name, 1, 100, true, name, 0.9, perCore, true, null, Estimate.exactly(50_000), null, List.of());
    }

    private static Capacity capacity(Component... components) {
        return new Capacity(
                new Environment("now", "cpu", 2, 1024, "os", "jdk", "commit", "0", "command"),
                200,
                "average",
                1,
                1,
                10,
                false,
                List.of(components),
                List.of("assumed"));
    }

    @Test
    void shouldTakeOneNodeAndOneProxyMoreThanTheSessionsNeed() {
        Capacity capacity = capacity(
                component("node", new Estimate(100, 90, 110)), component("proxy", new Estimate(500, 400, 600)));

        Sizing sizing = Sizing.of(capacity, 1000, 4, 1);

        assertThat(sizing.nodes()).isEqualTo(3 + 1);
        assertThat(sizing.nodesAtWorst()).isEqualTo(3 + 1);
        assertThat(sizing.proxies()).isEqualTo(2 + 1);
        assertThat(sizing.proxiesAtWorst()).isEqualTo(3 + 1);
        assertThat(sizing.explanation())
                .anyMatch(line -> line.contains("A node of 4 cores carries 400 sessions (360 to 440)"))
                .anyMatch(line -> line.contains("20 MB alive in a full node"));
    }

    @Test
    void shouldDoTheSameSumFromTheFile() throws JsonProcessingException {
        Capacity capacity = capacity(
                component("node", new Estimate(100, 90, 110)), component("proxy", new Estimate(500, 400, 600)));

        Capacity read = Json.mapper().readValue(Json.mapper().writeValueAsString(capacity), Capacity.class);

        assertThat(Sizing.of(read, 1234, 8, 2)).isEqualTo(Sizing.of(capacity, 1234, 8, 2));
    }

    @Test
    void shouldRefuseToGuessWhatWasNotMeasured() {
        assertThatThrownBy(() -> Sizing.of(capacity(component("system", Estimate.exactly(10))), 100, 4, 4))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("capacity of a node is not in this file");
    }

    @Test
    void shouldTellTheCpuTimeOfASessionFromTrialsThatHadMuchToDo() {
        List<Trial> trials = new ArrayList<>();
        trials.add(new Trial(50, true, 1, 50, Map.of("proxy", 0.5))); // Nearly idle, and compiling.
        for (int sessions : new int[] {200, 300, 400}) {
            trials.add(new Trial(sessions, true, 1, sessions, Map.of("proxy", 0.001 * sessions)));
        }
        trials.add(new Trial(500, false, 1, 500, Map.of("proxy", 1.0)));

        Demand demand = Demand.of("proxy", trials);

        assertThat(demand).isNotNull();
        assertThat(demand.coresPerSession().value()).isCloseTo(0.001, within(1e-9));
        assertThat(demand.sessions(1, 0.7).value()).isCloseTo(700, within(0.1));
    }

    @Test
    void shouldTellBetweenWhatTheCpuTimeLies() {
        List<Trial> trials = List.of(
                new Trial(100, true, 1, 100, Map.of("proxy", 0.09)),
                new Trial(100, true, 1, 100, Map.of("proxy", 0.10)),
                new Trial(100, true, 1, 100, Map.of("proxy", 0.12)));

        Demand demand = Demand.of("proxy", trials);

        assertThat(demand).isNotNull();
        Estimate sessions = demand.sessions(1, 0.6);
        assertThat(sessions.value()).isCloseTo(600, within(1.0));
        assertThat(sessions.low()).isCloseTo(500, within(1.0));
        assertThat(sessions.high()).isCloseTo(667, within(1.0));
    }

    @Test
    void shouldTellTheCpuTimeAlsoOnAMachineWhoseSpeedChanges() {
        List<Trial> trials = new ArrayList<>();
        for (double slowness : new double[] {1, 1.3, 1.7, 1.1}) {
            trials.add(new Trial(500, true, 1, 500, Map.of("proxy", 0.1 * slowness, "nodes", 0.2 * slowness)));
        }

        // A core carries 2,000 sessions of a node, and so 4,000 of a proxy that takes half as long for each.
        Demand demand = Demand.beside("nodes", 2_000, "proxy", trials);

        assertThat(demand).isNotNull();
        Estimate sessions = demand.sessions(1, 1);
        assertThat(sessions.value()).isCloseTo(4_000, within(1.0));
        assertThat(sessions.low()).isCloseTo(4_000, within(1.0));
        assertThat(sessions.high()).isCloseTo(4_000, within(1.0));
    }

    @Test
    void shouldNotTellACpuTimeFromTwoTrials() {
        Trial trial = new Trial(100, true, 1, 100, Map.of("proxy", 0.09));

        assertThat(Demand.of("proxy", List.of(trial, trial))).isNull();
    }
}

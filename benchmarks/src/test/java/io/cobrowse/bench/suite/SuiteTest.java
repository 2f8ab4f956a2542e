package io.cobrowse.bench.suite;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every benchmark runs, if only for a moment, and reports its measurements. */
class SuiteTest {
    private static final Pattern ALL = Pattern.compile("");

    private static List<Case> oneOfEachKind() {
        return Suite.all(Pattern.compile(
                "TYPICAL_MIDDLE|Filter|RequestHead|Calibration|=10000|ROUND_ROBIN nodes=3|AnyNode|Exchange"));
    }

    @ParameterizedTest
    @MethodSource("oneOfEachKind")
    void shouldRun(Case which) throws IOException {
        Results results = Results.of(Jmh.run(which, Times.LEAST, 0));
        assertThat(results.cases()).containsOnlyKeys(which);
        assertThat(results.cases().get(which).quietNanos()).isPositive();
    }

    @Test
    void shouldMeasureEveryGroup() {
        assertThat(Suite.all(ALL).stream().map(Case::group))
                .contains(
                        "Calibration",
                        "CookieScan",
                        "QueryScan",
                        "LookUp",
                        "Route",
                        "AnyNode",
                        "Filter",
                        "RequestHead");
    }

    @Test
    void shouldLeaveOutContestantsThatAnswerOtherwise() {
        assertThat(Suite.all(ALL).stream().map(Case::title))
                .contains("CookieScan.find contestant=OURS input=QUOTED")
                .doesNotContain("CookieScan.find contestant=TOMCAT input=QUOTED");
    }

    @Test
    void shouldHaveInTheGateOnlyCasesThatThereAreAndACalibration() {
        assertThat(Suite.all(ALL)).containsAll(Suite.gate());
        assertThat(Suite.gate()).anyMatch(Case::calibrates);
    }

    @Test
    void shouldMeasureAWholeExchangeInTheGateAfterAllElse() {
        assertThat(Suite.gate().get(Suite.gate().size() - 1).title()).isEqualTo("Exchange.exchange request=POST");
    }

    @Test
    void shouldAppendForks() {
        ArrayNode all = new ObjectMapper().createArrayNode();
        Stream.of(run(10), run(20)).forEach(each -> Jmh.append(all, each));
        Results results = Results.of(all);
        assertThat(results.cases()).hasSize(1);
        Results.Measured measured = results.cases().values().iterator().next();
        assertThat(measured.leastNanos()).containsExactly(10.0, 20.0);
        assertThat(measured.bytes()).isZero();
        assertThat(all.get(0).get("primaryMetric").get("score").asDouble()).isEqualTo(15);
        assertThat(all.get(0).get("forks").asInt()).isEqualTo(2);
    }

    @Test
    void shouldKeepOfABaselineAllThatItIsComparedBy() {
        ArrayNode all = new ObjectMapper().createArrayNode();
        Stream.of(run(10), run(20)).forEach(each -> Jmh.append(all, each));
        ((ArrayNode) all.get(0).at("/secondaryMetrics/cpu.time.norm/rawData/0")).add(30);
        ArrayNode least = Results.leastOnly(all);
        assertThat(least.at("/0/secondaryMetrics/cpu.time.norm/rawData/0")).hasSize(1);
        Results.Measured kept = Results.of(least).cases().values().iterator().next();
        Results.Measured before = Results.of(all).cases().values().iterator().next();
        assertThat(kept.leastNanos()).isEqualTo(before.leastNanos()).containsExactly(10.0, 20.0);
        assertThat(kept.bytes()).isEqualTo(before.bytes());
    }

    private static ArrayNode run(double nanos) {
        ArrayNode array = new ObjectMapper().createArrayNode();
        var run = array.addObject().put("benchmark", "some.where.SomeBenchmark.run");
        run.putObject("primaryMetric").putArray("rawData").addArray().add(nanos);
        var metrics = run.putObject("secondaryMetrics");
        metrics.putObject("cpu.time.norm").putArray("rawData").addArray().add(nanos);
        metrics.putObject("gc.alloc.rate.norm").putArray("rawData").addArray().add(0);
        return array;
    }
}

package io.cobrowse.load.run;

import io.cobrowse.load.record.Incident;
import io.cobrowse.load.record.Incidents;
import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.record.Latencies;
import io.cobrowse.load.record.Step;
import io.cobrowse.load.settings.Durations;
import io.cobrowse.load.settings.Fault;
import io.cobrowse.load.settings.Limits;
import io.cobrowse.load.settings.Settings;
import io.cobrowse.measuring.Percentiles;
import io.cobrowse.measuring.report.Mark;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.HdrHistogram.Histogram;

/** The verdict on a run, with its reasons. Immutable. */
public record Verdict(List<Check> checks) {
    /**
     * One check.
     *
     * @param judged whether it can fail the run; a check that is not judged passes
     * @param detail the figures, in one line
     * @param examples examples of failures
     */
    public record Check(String name, boolean passed, boolean judged, String detail, List<String> examples) {
        private Check(String name, boolean passed, String detail, List<String> examples) {
            this(name, passed, true, detail, examples);
        }

        /** Returns the mark of this check. */
        public Mark mark() {
            return !judged ? Mark.TOLD : passed ? Mark.GOOD : Mark.BAD;
        }
    }

    /** Checks everything. */
    public static Verdict of(RunResult result, Latencies latencies, Settings settings) {
        List<Check> checks = new ArrayList<>();
        InjectorResult load = result.load();
        checks.add(violations(load));
        checks.add(measured(load));
        boolean judged = !result.profile().untimed();
        checks.add(judgeOnly(judged, rate(load, settings.limits())));
        if (result.profile().fault() != Fault.NONE) {
            checks.add(fault(result.profile().fault(), load));
        }
        settings.serviceLevels().forEach((key, limit) -> {
            Histogram histogram = latencies
                    .steps()
                    .get(Step.valueOf(key.toUpperCase(Locale.ROOT).replace('-', '_')));
            if (histogram != null) {
                checks.add(judgeOnly(judged, serviceLevel(key, histogram, limit)));
            }
        });
        result.usages().stream()
                .filter(usage -> !usage.liveMemory().isEmpty())
                .forEach(usage -> checks.add(memory(usage, settings.limits())));
        checks.add(new Check(
                "processes",
                result.problems().isEmpty(),
                result.problems().isEmpty()
                        ? "nothing unusual"
                        : result.problems().size() + " problems",
                result.problems()));
        if (result.interrupted()) {
            checks.add(new Check("end", false, "interrupted; the figures are of the time until then", List.of()));
        }
        return new Verdict(List.copyOf(checks));
    }

    public boolean passed() {
        return checks.stream().allMatch(Check::passed);
    }

    private static Check judgeOnly(boolean judged, Check check) {
        return judged ? check : new Check(check.name, true, false, check.detail + " (not judged)", check.examples);
    }

    private static Check violations(InjectorResult load) {
        return new Check(
                "violations",
                load.violationCount() == 0,
                load.violationCount() == 0
                        ? String.format(
                                Locale.ROOT,
                                "0 in %,d answers whose node was checked and %,d messages",
                                load.answers(),
                                load.messages())
                        : itemised(load.violations()),
                examples(load.violations()));
    }

    /** Returns a text such as {@code 3 lost message, 1 wrong node}. */
    static String itemised(Map<Incident, Incidents.Count> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(entry ->
                                entry.getValue().count() + " " + entry.getKey().label())
                        .collect(Collectors.joining(", "));
    }

    private static List<String> examples(Map<Incident, Incidents.Count> counts) {
        return counts.entrySet().stream()
                .flatMap(entry -> entry.getValue().examples().stream()
                        .map(example -> entry.getKey().label() + ": " + example))
                .toList();
    }

    private static Check measured(InjectorResult load) {
        boolean some = load.messages() > 0 && load.completed() > 0;
        boolean allEnded = load.sessions() - load.completed() <= load.sessionsOnFaultNode();
        String detail = String.format(
                Locale.ROOT,
                "%,d sessions, %,d of them ended as they should, %,d messages",
                load.sessions(),
                load.completed(),
                load.messages());
        List<String> why = !some
                ? List.of("Nothing was measured")
                : allEnded ? List.of() : List.of("More sessions broke than a fault explains");
        return new Check("load", some && allEnded, detail, why);
    }

    private static Check rate(InjectorResult load, Limits limits) {
        // Phases are cut to whole virtual users.
        boolean answered = load.messages() > 0;
        boolean came = load.pairsStarted() >= load.pairsDue() * (1 - limits.lateShare()) - 2L * load.injectors();
        double late = load.stepsSent() == 0 ? 0 : (double) load.stepsLate() / load.stepsSent();
        String detail = String.format(
                Locale.ROOT,
                "%,d of %,d pairs came, %,.0f steps/s, %.2f %% of them later than %s",
                load.pairsStarted(),
                load.pairsDue(),
                load.windowSeconds() == 0 ? 0 : load.stepsSent() / load.windowSeconds(),
                late * 100,
                Durations.format(limits.lateAfter()));
        return new Check(
                "target rate",
                answered && came && late <= limits.lateShare(),
                detail,
                answered ? List.of() : List.of("Nothing came to the other end"));
    }

    private static Check fault(Fault fault, InjectorResult load) {
        boolean done = load.faultAt() > 0 && load.sessionsOnFaultNode() > 0;
        String detail = String.format(
                Locale.ROOT,
                "%s %s with %,d sessions; losses that the rules allow: %s; %,d sessions started again",
                load.faultNode().isEmpty() ? "no node" : load.faultNode(),
                fault == Fault.KILL ? "killed" : "drained",
                load.sessionsOnFaultNode(),
                itemised(load.losses()),
                load.restarted());
        return new Check("fault", done, detail, examples(load.losses()));
    }

    static Check serviceLevel(String step, Histogram histogram, Duration limit) {
        double p99 = histogram.getValueAtPercentile(99) / 1e6;
        if (!Percentiles.known(histogram.getTotalCount(), 99) && p99 > limit.toMillis()) {
            return new Check(
                    "p99 of " + step,
                    true,
                    false,
                    String.format(
                            Locale.ROOT,
                            "too few to tell: %,d times, the longest %,.1f ms, %,d ms allowed",
                            histogram.getTotalCount(),
                            histogram.getMaxValue() / 1e6,
                            limit.toMillis()),
                    List.of());
        }
        return new Check(
                "p99 of " + step,
                p99 <= limit.toMillis(),
                String.format(
                        Locale.ROOT,
                        "%,.1f ms of %,d ms allowed, %,d times",
                        p99,
                        limit.toMillis(),
                        histogram.getTotalCount()),
                List.of());
    }

    private static Check memory(Usage usage, Limits limits) {
        List<Usage.Live> live = usage.liveMemory();
        int quarter = Math.max(1, live.size() / 4);
        double first = mean(live.subList(0, quarter));
        double last = mean(live.subList(live.size() - quarter, live.size()));
        double growth = last - first;
        boolean grows =
                live.size() < 4 || (growth > limits.memoryGrowth() * first && growth > limits.memoryGrowthBytes());
        String detail = String.format(
                Locale.ROOT,
                "%.1f MB live in the first quarter, %.1f MB in the last, %d measurements",
                first / 1e6,
                last / 1e6,
                live.size());
        return new Check("memory of " + usage.process(), !grows, detail, List.of());
    }

    private static double mean(List<Usage.Live> live) {
        return live.stream().mapToLong(Usage.Live::bytes).average().orElseThrow();
    }
}

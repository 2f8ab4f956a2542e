package io.cobrowse.bench.suite;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cobrowse.bench.fork.CpuTimeProfiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs single cases with JMH. Its output is JMH's JSON. */
public final class Jmh {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Logs a stack trace when an interrupted run closes what it reads. Kept, as a logger is else forgotten. */
    private static final Logger DRAINER = Logger.getLogger("org.openjdk.jmh.util.InputStreamDrainer");

    static {
        DRAINER.setLevel(Level.OFF);
        // Another JMH on the machine is only noise, not a reason to fail.
        System.setProperty("jmh.ignoreLock", "true");
    }

    private Jmh() {}

    /** Returns every benchmark of this jar with every combination of its parameters. */
    static List<Case> cases() {
        return cases(BenchmarkList.defaultList());
    }

    /**
     * Returns every benchmark of a list, with every combination of its parameters.
     *
     * @param list the list that JMH's annotation processor writes into a jar
     */
    public static List<Case> cases(String list) {
        return cases(BenchmarkList.fromString(list));
    }

    private static List<Case> cases(BenchmarkList list) {
        List<Case> cases = new ArrayList<>();
        var silent = OutputFormatFactory.createFormatInstance(System.err, VerboseMode.SILENT);
        for (BenchmarkListEntry entry : list.getAll(silent, List.of())) {
            List<SortedMap<String, String>> combinations = List.of(new TreeMap<>());
            for (Map.Entry<String, String[]> param :
                    entry.getParams().orElse(Map.of()).entrySet()) {
                combinations = combinations.stream()
                        .flatMap(each -> List.of(param.getValue()).stream().map(value -> {
                            SortedMap<String, String> longer = new TreeMap<>(each);
                            longer.put(param.getKey(), value);
                            return longer;
                        }))
                        .toList();
            }
            combinations.forEach(each -> cases.add(new Case(entry.getUsername(), each)));
        }
        return cases.stream().distinct().sorted().toList();
    }

    /**
     * Runs a case once.
     *
     * @param forks 1 for a JVM of its own, 0 for this one
     * @throws IOException when JMH cannot run it
     */
    public static ArrayNode run(Case which, Times times, int forks) throws IOException {
        Path file = Files.createTempFile("jmh", ".json");
        try {
            new Runner(which.options()
                            .forks(forks)
                            .warmupIterations(times.warmUpIterations())
                            .warmupTime(times.warmUp())
                            .measurementIterations(times.iterations())
                            .measurementTime(times.iteration())
                            .timeout(TimeValue.minutes(1))
                            .addProfiler(GCProfiler.class)
                            .addProfiler(CpuTimeProfiler.class)
                            .shouldFailOnError(true)
                            .verbosity(VerboseMode.SILENT)
                            .resultFormat(ResultFormatType.JSON)
                            .result(file.toString())
                            .build())
                    .run();
            return (ArrayNode) JSON.readTree(file.toFile());
        } catch (RunnerException failure) {
            throw new IOException(which.title() + ": " + failure.getMessage(), failure);
        } finally {
            Files.deleteIfExists(file);
        }
    }

    /** Adds the forks of a later run to those of the same cases before it. */
    public static void append(ArrayNode all, ArrayNode later) {
        for (var run : later) {
            ObjectNode same = find(all, (ObjectNode) run);
            if (same == null) {
                all.add(run);
            } else {
                appendFork((ObjectNode) same.get("primaryMetric"), run.get("primaryMetric"));
                same.get("secondaryMetrics").properties().forEach(metric -> {
                    var more = run.get("secondaryMetrics").get(metric.getKey());
                    if (more != null) {
                        appendFork((ObjectNode) metric.getValue(), more);
                    }
                });
                same.put("forks", same.get("primaryMetric").get("rawData").size());
            }
        }
    }

    private static @Nullable ObjectNode find(ArrayNode all, ObjectNode run) {
        for (var each : all) {
            if (Results.caseOf(each).equals(Results.caseOf(run))) {
                return (ObjectNode) each;
            }
        }
        return null;
    }

    /**
     * Keeps the raw data of all forks, and the mean of the scores; error and percentiles would need all raw data at
     * once.
     */
    private static void appendFork(ObjectNode metric, JsonNode more) {
        ((ArrayNode) metric.get("rawData")).addAll((ArrayNode) more.get("rawData"));
        metric.put("score", Results.mean(metric.get("rawData")));
        metric.put("scoreError", "NaN");
        metric.remove(List.of("scoreConfidence", "scorePercentiles"));
    }
}

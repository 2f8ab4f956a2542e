package io.cobrowse.bench.suite;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cobrowse.bench.fork.CpuTimeProfiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.StreamSupport;
import org.apache.commons.statistics.descriptive.Median;

/** JMH's measurements, read from its JSON. Immutable. */
public final class Results {
    private static final String ALLOCATED = "gc.alloc.rate.norm";
    private static final double NO_BYTES = 0.01;

    /**
     * The measurements of one case.
     *
     * @param nanos for each fork, the CPU time per operation of each iteration
     * @param bytes allocation per operation, the least of all iterations: harness and JVM allocate differently in each
     *     iteration, but the code's own allocations are in every one. Less than {@value #NO_BYTES} comes from the
     *     harness and counts as 0
     * @param settings the durations of the run
     */
    public record Measured(List<double[]> nanos, double bytes, String settings) {
        /** Returns the least time of each fork, since any disturbance makes an iteration longer. */
        public List<Double> leastNanos() {
            return nanos.stream()
                    .map(iterations -> Arrays.stream(iterations).min().orElseThrow())
                    .toList();
        }

        /** Returns the median of the forks' least times: the time of the code undisturbed. */
        public double quietNanos() {
            return Median.withDefaults()
                    .evaluate(leastNanos().stream().mapToDouble(each -> each).toArray());
        }
    }

    private final SortedMap<Case, Measured> cases;

    public Results(SortedMap<Case, Measured> cases) {
        this.cases = new TreeMap<>(cases);
    }

    /**
     * Reads a file.
     *
     * @throws IOException when there is none, or it is not JMH's JSON with this suite's profilers
     */
    public static Results read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("There is no file " + file);
        }
        try {
            return of(new ObjectMapper().readTree(file.toFile()));
        } catch (JsonProcessingException broken) {
            String line = broken.getLocation() == null
                    ? ""
                    : ", from line " + broken.getLocation().getLineNr() + " on";
            throw new IOException(file + ": this is no JSON" + line, broken);
        } catch (IllegalArgumentException failure) {
            throw new IOException(file + ": " + failure.getMessage(), failure);
        }
    }

    /**
     * Reads JMH's JSON.
     *
     * @throws IllegalArgumentException when it is not JMH's JSON
     */
    public static Results of(JsonNode json) {
        if (!json.isArray() || json.isEmpty()) {
            throw new IllegalArgumentException("no results of JMH: a JSON array of benchmarks is needed");
        }
        SortedMap<Case, Measured> cases = new TreeMap<>();
        for (JsonNode run : json) {
            Case which = caseOf(run);
            double bytes = Double.MAX_VALUE;
            for (double[] fork : rawData(which, run, ALLOCATED)) {
                for (double each : fork) {
                    bytes = Math.min(bytes, each);
                }
            }
            cases.put(
                    which,
                    new Measured(
                            rawData(which, run, CpuTimeProfiler.METRIC), bytes < NO_BYTES ? 0 : bytes, settings(run)));
        }
        return new Results(cases);
    }

    /** Returns JMH's JSON with only the least time of each fork, the only one that comparisons use. */
    public static ArrayNode leastOnly(ArrayNode json) {
        ArrayNode least = json.deepCopy();
        for (JsonNode run : least) {
            ((ObjectNode) run.path("primaryMetric")).remove("rawData");
            ObjectNode metrics = (ObjectNode) run.path("secondaryMetrics");
            metrics.retain(CpuTimeProfiler.METRIC, ALLOCATED);
            for (JsonNode metric : metrics) {
                for (JsonNode fork : metric.path("rawData")) {
                    double quickest = StreamSupport.stream(fork.spliterator(), false)
                            .mapToDouble(JsonNode::asDouble)
                            .min()
                            .orElseThrow();
                    ((ArrayNode) fork).removeAll().add(quickest);
                }
            }
        }
        return least;
    }

    /** Returns all cases, ordered by title. */
    public SortedMap<Case, Measured> cases() {
        return cases;
    }

    private static String settings(JsonNode run) {
        return run.path("warmupIterations").asText("?") + " x "
                + run.path("warmupTime").asText("?") + " of warm-up, "
                + run.path("measurementIterations").asText("?") + " x "
                + run.path("measurementTime").asText("?");
    }

    static Case caseOf(JsonNode run) {
        SortedMap<String, String> params = new TreeMap<>();
        run.path("params")
                .properties()
                .forEach(each -> params.put(each.getKey(), each.getValue().asText()));
        return new Case(run.path("benchmark").asText(), params);
    }

    static double mean(JsonNode rawData) {
        return StreamSupport.stream(rawData.spliterator(), false)
                .flatMap(fork -> StreamSupport.stream(fork.spliterator(), false))
                .mapToDouble(JsonNode::asDouble)
                .average()
                .orElse(Double.NaN);
    }

    private static List<double[]> rawData(Case which, JsonNode run, String metric) {
        JsonNode metrics = run.path("secondaryMetrics");
        // JMH before 1.37 puts a dot before the names of its own metrics.
        JsonNode raw = metrics.has(metric)
                ? metrics.path(metric).path("rawData")
                : metrics.path("\u00b7" + metric).path("rawData");
        if (raw.isEmpty()) {
            throw new IllegalArgumentException(which.title() + " has no " + metric);
        }
        List<double[]> forks = new ArrayList<>();
        for (JsonNode fork : raw) {
            forks.add(StreamSupport.stream(fork.spliterator(), false)
                    .mapToDouble(JsonNode::asDouble)
                    .toArray());
        }
        return forks;
    }
}

package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cobrowse.bench.suite.Results;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Creates invented JMH results: two cases of 30 and 500 ns, and a calibration of 50 ns. */
public final class Measurements {
    private static final int ITERATIONS = 50;
    private static final double JITTER = 0.02;
    private static final double NEIGHBOUR = 1.6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Random random;
    private int forks = 16;
    private String iterations = "100";
    private double disturbedCalibration = 1;
    private final List<String> cases = new ArrayList<>(List.of("Short", "Long"));
    private double busy;
    private double times = 1;
    private double machine = 1;
    private double bytes;
    private boolean calibrated = true;
    private boolean disturbed;

    private Measurements(long seed) {
        random = new Random(seed);
    }

    public static Measurements seeded(long seed) {
        return new Measurements(seed);
    }

    /** Gives this share of the forks a busy neighbour all the time; the others have one half of the time. */
    Measurements busy(double share) {
        busy = share;
        return this;
    }

    /** Makes the cases take this many times as long. */
    public Measurements times(double factor) {
        times = factor;
        return this;
    }

    /** Makes everything take this many times as long. */
    Measurements machine(double factor) {
        machine = factor;
        return this;
    }

    public Measurements bytes(double each) {
        bytes = each;
        return this;
    }

    /** Makes one iteration in five take ten times as long. */
    Measurements disturbed() {
        disturbed = true;
        return this;
    }

    Measurements also(String name) {
        cases.add(name);
        return this;
    }

    Measurements only(String name) {
        cases.clear();
        return also(name);
    }

    public Measurements forks(int count) {
        forks = count;
        return this;
    }

    /** Makes every fork measure another number of iterations. */
    public Measurements iterations(int count) {
        iterations = Integer.toString(count);
        return this;
    }

    /** Makes the calibration of this run take this many times as long in all forks except one. */
    Measurements disturbedCalibration(double factor) {
        disturbedCalibration = factor;
        return this;
    }

    Measurements withoutCalibration() {
        calibrated = false;
        return this;
    }

    Results results() {
        return Results.of(json());
    }

    public Path write(Path file) throws IOException {
        JSON.writeValue(file.toFile(), json());
        return file;
    }

    private ArrayNode json() {
        ArrayNode all = JSON.createArrayNode();
        if (calibrated) {
            all.add(run("CalibrationBenchmark", 50 * machine, 0));
        }
        for (String name : cases) {
            all.add(run(name + "Benchmark", (name.equals("Long") ? 500 : 30) * machine * times, bytes));
        }
        return all;
    }

    private ObjectNode run(String name, double nanos, double allocated) {
        ObjectNode run = JSON.createObjectNode()
                .put("benchmark", "some.where." + name + ".run")
                .put("measurementIterations", iterations);
        ObjectNode metrics = run.putObject("secondaryMetrics");
        ArrayNode cpu = metrics.putObject("cpu.time.norm").putArray("rawData");
        ArrayNode heap = metrics.putObject("gc.alloc.rate.norm").putArray("rawData");
        for (int fork = 0; fork < forks; fork++) {
            boolean always = random.nextDouble() < busy;
            ArrayNode times = cpu.addArray();
            ArrayNode sizes = heap.addArray();
            for (int i = 0; i < ITERATIONS; i++) {
                double calibration = name.startsWith("Calibration") && fork > 0 ? disturbedCalibration : 1;
                times.add(nanos
                        * calibration
                        * noisy(always || random.nextBoolean())
                        * (disturbed && i % 5 == 0 ? 10 : 1));
                sizes.add(allocated + random.nextDouble() / 100);
            }
        }
        return run;
    }

    /** A core with a busy neighbour is slower by half; besides, everything takes a little longer now and then. */
    private double noisy(boolean neighbour) {
        return (1 + JITTER * Math.abs(random.nextGaussian())) * (neighbour ? NEIGHBOUR : 1);
    }
}

package io.cobrowse.bench.fork;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A fork of the gate: a JVM that measures all cases of a list, including the calibrations, in one thread, and writes
 * JMH's JSON of all of them to a file.
 *
 * <p>The list has one case a line: the benchmark's name, and {@code name=value} for each parameter, separated by tabs.
 */
public final class GateFork {
    private GateFork() {}

    /**
     * Takes the list's file, the directory to write to, and the warm-up and the iterations, each as count and
     * milliseconds.
     */
    public static void main(String[] args) throws IOException, RunnerException {
        System.setProperty("jmh.ignoreLock", "true"); // The other fork is intended.
        List<String> cases = Files.readAllLines(Path.of(args[0]));
        for (int i = 0; i < cases.size(); i++) {
            String[] parts = cases.get(i).split("\t", -1);
            ChainedOptionsBuilder options = new OptionsBuilder()
                    .include("^" + Pattern.quote(parts[0]) + "$")
                    .mode(Mode.AverageTime)
                    .threads(1)
                    .forks(0)
                    .warmupIterations(Integer.parseInt(args[2]))
                    .warmupTime(TimeValue.milliseconds(Integer.parseInt(args[3])))
                    .measurementIterations(Integer.parseInt(args[4]))
                    .measurementTime(TimeValue.milliseconds(Integer.parseInt(args[5])))
                    .timeout(TimeValue.minutes(1))
                    .addProfiler(GCProfiler.class)
                    .addProfiler(CpuTimeProfiler.class)
                    .shouldFailOnError(true)
                    .verbosity(VerboseMode.SILENT)
                    .resultFormat(ResultFormatType.JSON)
                    .result(Path.of(args[1], i + ".json").toString());
            for (int j = 1; j < parts.length; j++) {
                int equals = parts[j].indexOf('=');
                options = options.param(parts[j].substring(0, equals), parts[j].substring(equals + 1));
            }
            new Runner(options.build()).run();
        }
    }
}

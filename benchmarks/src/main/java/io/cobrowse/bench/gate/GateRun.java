package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.fork.GateFork;
import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Jmh;
import io.cobrowse.bench.suite.Suite;
import io.cobrowse.bench.suite.Times;
import io.cobrowse.measuring.Cores;
import io.cobrowse.measuring.Countdown;
import io.cobrowse.measuring.JavaProcess;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Measures one jar, or two with their forks interleaved. Two forks run at the same time, each on its own core, and swap
 * cores from round to round. A core that shares resources with a busy neighbour is slower by half; this way, each build
 * runs on both cores. Not thread-safe.
 */
public final class GateRun implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;
    /** How many times as long as its iterations a fork may take. */
    private static final int PATIENCE = 20;

    private final List<Path> jars;
    private final List<List<Case>> cases;
    private final List<String> javaOptions;
    private final PrintWriter progress;
    private final Path directory = Files.createTempDirectory("gate");
    private final ObjectMapper json = new ObjectMapper();
    private final List<ArrayNode> results;
    private int rounds;

    /**
     * @param jars one or two JMH uber-jars
     * @param cases the cases of each jar; the calibrations are measured too
     * @param javaOptions the Java options of the forks
     */
    public GateRun(List<Path> jars, List<List<Case>> cases, List<String> javaOptions, PrintWriter progress)
            throws IOException {
        this.jars = List.copyOf(jars);
        this.cases = List.copyOf(cases);
        this.javaOptions = List.copyOf(javaOptions);
        this.progress = progress;
        this.results = jars.stream().map(jar -> json.createArrayNode()).toList();
        BenchmarkJar.writeFork(directory.resolve("fork"));
    }

    /** Returns JMH's JSON of each jar, with everything measured so far. */
    public List<ArrayNode> results() {
        return results;
    }

    /** Returns the number of rounds; two forks run in each. */
    public int rounds() {
        return rounds;
    }

    /**
     * Measures more rounds.
     *
     * @param more the number of rounds of two forks: one of each jar, or both of the only one
     * @throws IOException when a fork fails
     */
    public void measure(int more) throws IOException, InterruptedException {
        Countdown countdown = new Countdown(more);
        for (int done = 1; done <= more; done++) {
            int first = rounds % jars.size();
            int second = jars.size() - 1 - first;
            try (Child one = new Child(first, 0, all(first), Times.GATE, List.of());
                    Child other = new Child(second, 1, all(second), Times.GATE, List.of())) {
                ArrayNode ofOne = one.results();
                ArrayNode ofOther = other.results();
                Jmh.append(results.get(first), ofOne);
                Jmh.append(results.get(second), ofOther);
            }
            rounds++;
            countdown.done();
            progress.printf("round %d, %s until the next look%n", rounds, countdown.left());
            progress.flush();
        }
    }

    private List<Case> all(int jar) {
        return Stream.concat(Suite.calibrations().stream(), cases.get(jar).stream())
                .toList();
    }

    /**
     * Returns where base and new spend the time of a case; null if the flight recorder has too few samples.
     *
     * @throws IllegalStateException when there is only one jar
     */
    public @Nullable String flameGraph(String title) throws IOException, InterruptedException {
        if (jars.size() < 2) {
            throw new IllegalStateException("There is nothing to compare with");
        }
        List<Case> profiled =
                cases.get(0).stream().filter(each -> each.title().equals(title)).toList();
        List<Path> recordings = List.of(directory.resolve("base.jfr"), directory.resolve("new.jfr"));
        try (Child base = new Child(0, 0, profiled, Times.PROFILE, recorded(recordings.get(0)));
                Child fresh = new Child(1, 1, profiled, Times.PROFILE, recorded(recordings.get(1)))) {
            base.results();
            fresh.results();
        }
        FlameGraph graph = new FlameGraph(recordings.get(0), recordings.get(1));
        return graph.known() ? graph.html() : null;
    }

    private static List<String> recorded(Path recording) {
        return List.of(
                "-XX:+UnlockDiagnosticVMOptions",
                "-XX:+DebugNonSafepoints",
                "-XX:StartFlightRecording=settings=profile,filename=" + recording);
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> below = Files.walk(directory)) {
            for (Path file : below.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** A running {@link GateFork}. */
    private final class Child implements AutoCloseable {
        private final Path jar;
        private final int count;
        private final long patience;
        private final Path output;
        private final Process process;

        Child(int which, int core, List<Case> all, Times times, List<String> moreOptions) throws IOException {
            jar = jars.get(which);
            output = Files.createTempDirectory(directory, "run");
            patience = PATIENCE_SECONDS + (long) PATIENCE * all.size() * times.millis() / 1000;
            count = all.size();
            Path list = Files.write(
                    output.resolve("cases"), all.stream().map(Case::line).toList());
            List<String> command = new ArrayList<>(List.of(JavaProcess.java()));
            command.addAll(javaOptions);
            command.addAll(moreOptions);
            command.addAll(List.of(
                    "-XX:+UseSerialGC",
                    "-Xbatch", // Compiles at once, even if other threads have to wait for a core.
                    "-cp",
                    directory.resolve("fork") + File.pathSeparator + jar,
                    GateFork.class.getName(),
                    list.toString(),
                    output.toString()));
            command.addAll(times.arguments());
            process = new ProcessBuilder(Cores.canConfine() ? Cores.confine(Integer.toString(core), command) : command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.resolve("log").toFile())
                    .start();
        }

        ArrayNode results() throws IOException, InterruptedException {
            if (!process.waitFor(patience, TimeUnit.SECONDS)) {
                throw new IOException("A fork of " + jar + " takes longer than " + patience + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("A fork of " + jar + " ended with " + process.exitValue() + ": "
                        + Files.readString(output.resolve("log")).trim());
            }
            ArrayNode all = json.createArrayNode();
            for (int i = 0; i < count; i++) {
                all.addAll((ArrayNode) json.readTree(output.resolve(i + ".json").toFile()));
            }
            return all;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}

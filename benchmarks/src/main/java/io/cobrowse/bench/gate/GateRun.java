package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.machine.Cores;
import io.cobrowse.bench.suite.Jmh;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures one jar, or two with their forks interleaved. Two forks run at the same time, each on a core of its own, and
 * change cores from round to round: a core that shares something with a busy neighbour is slower by half, and this way every
 * fork has one.
 */
public final class GateRun {
    private static final int PATIENCE_SECONDS = 120;

    private final List<Path> jars;
    private final PrintWriter progress;
    private final Cores cores = new Cores();
    private final ObjectMapper json = new ObjectMapper();

    private final List<ArrayNode> results;
    private int rounds;

    /** @param jars one or two runnable jars of this module, each with its own benchmarks in it */
    public GateRun(List<Path> jars, PrintWriter progress) {
        this.jars = List.copyOf(jars);
        this.progress = progress;
        this.results = jars.stream().map(jar -> json.createArrayNode()).toList();
    }

    /** Returns JMH's JSON of each jar: all that was measured so far. */
    public List<ArrayNode> results() {
        return results;
    }

    /**
     * Measures on.
     *
     * @param more how many times two forks are run, of each jar one or of the only one both
     * @throws IOException when a fork fails
     */
    public void measure(int more) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        for (int done = 1; done <= more; done++) {
            int first = rounds++ % jars.size();
            int second = jars.size() - 1 - first;
            try (Child one = new Child(jars.get(first), cores, 0);
                    Child other = new Child(jars.get(second), cores, 1)) {
                Jmh.append(results.get(first), one.results(json));
                Jmh.append(results.get(second), other.results(json));
            }
            long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
            progress.printf("round %d, about %d s left of %d rounds%n", rounds, elapsed * (more - done) / done, more);
            progress.flush();
        }
    }

    /** A {@link Fork} that is running. */
    private static final class Child implements AutoCloseable {
        private final Path jar;
        private final Path output = Files.createTempFile("gate", ".json");
        private final Path log = Files.createTempFile("gate", ".log");
        private final Process process;

        Child(Path jar, Cores cores, int core) throws IOException {
            this.jar = jar;
            List<String> command = List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xms128m",
                    "-Xmx128m",
                    "-XX:+UseSerialGC",
                    "-Xbatch", // Compiles in time, also where other threads have to wait for a core.
                    "-cp",
                    jar.toString(),
                    Fork.class.getName(),
                    output.toString());
            process = new ProcessBuilder(cores.pin(core, command))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
        }

        ArrayNode results(ObjectMapper json) throws IOException, InterruptedException {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("A fork of " + jar + " takes longer than " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("A fork of " + jar + " ended with " + process.exitValue() + ": "
                        + Files.readString(log).trim());
            }
            return (ArrayNode) json.readTree(output.toFile());
        }

        @Override
        public void close() throws IOException {
            process.destroyForcibly();
            Files.deleteIfExists(output);
            Files.deleteIfExists(log);
        }
    }
}

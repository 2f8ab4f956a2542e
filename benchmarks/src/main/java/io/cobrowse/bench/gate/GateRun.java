package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.suite.Jmh;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Measures one jar, or two with their forks interleaved: base, new, new, base, so that neither what the machine does
 * meanwhile nor which goes first favours one of them.
 */
public final class GateRun {
    private static final int PATIENCE_SECONDS = 120;

    private final List<Path> jars;
    private final PrintWriter progress;

    /** @param jars the runnable jars of this module to measure, each with its own benchmarks in it */
    public GateRun(List<Path> jars, PrintWriter progress) {
        this.jars = List.copyOf(jars);
        this.progress = progress;
    }

    /**
     * Measures.
     *
     * @param rounds how many forks of each
     * @return JMH's JSON of each jar
     * @throws IOException when a fork fails
     */
    public List<ArrayNode> run(int rounds) throws IOException, InterruptedException {
        ObjectMapper json = new ObjectMapper();
        List<ArrayNode> results =
                jars.stream().map(jar -> json.createArrayNode()).toList();
        Path file = Files.createTempFile("gate", ".json");
        long begin = System.nanoTime();
        try {
            for (int round = 0; round < rounds; round++) {
                for (int i : order(round)) {
                    fork(jars.get(i), file);
                    Jmh.append(results.get(i), (ArrayNode) json.readTree(file.toFile()));
                }
                long elapsed = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
                progress.printf(
                        "round %d of %d, about %d s left%n",
                        round + 1, rounds, elapsed * (rounds - round - 1) / (round + 1));
                progress.flush();
            }
        } finally {
            Files.deleteIfExists(file);
        }
        return results;
    }

    private List<Integer> order(int round) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < jars.size(); i++) {
            order.add(round % 2 == 0 ? i : jars.size() - 1 - i);
        }
        return order;
    }

    private static void fork(Path jar, Path output) throws IOException, InterruptedException {
        Path log = Files.createTempFile("gate", ".log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms128m",
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-Djmh.ignoreLock=true", // Forks run one after the other; a JMH elsewhere is just noise.
                        "-cp",
                        jar.toString(),
                        Fork.class.getName(),
                        output.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException("A fork of " + jar + " takes longer than " + PATIENCE_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException("A fork of " + jar + " ended with " + process.exitValue() + ": "
                        + Files.readString(log).trim());
            }
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(log);
        }
    }
}

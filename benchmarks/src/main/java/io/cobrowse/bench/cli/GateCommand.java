package io.cobrowse.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.gate.Comparison;
import io.cobrowse.bench.gate.GateRun;
import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.suite.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "gate",
        description =
                "Measures whether the code has become slower or allocates more: 0 when not, 1 when so, 2 when there"
                        + " is nothing to compare with. With --base the forks of both are interleaved, which is to be trusted;"
                        + " without, the committed baseline is compared with, which another machine may have measured.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class GateCommand implements Callable<Integer> {
    /** Few, since each look is another chance for noise to look like a change. */
    private static final int LOOK_ROUNDS = 4;

    private static final Path HOME = Path.of(System.getProperty("cobrowse.home", "."));

    @Option(
            names = "--base",
            paramLabel = "JAR|CHECKOUT",
            description = "The code before: the benchmarks' runnable jar, or a checkout in which it is built.")
    private @Nullable Path base;

    @Option(names = "--new", paramLabel = "JAR|CHECKOUT", description = "The code after. Default: this checkout.")
    private Path fresh = HOME;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "What to compare with where there is no --base. Default: ${DEFAULT-VALUE}")
    private Path baseline = HOME.resolve("benchmarks").resolve("baseline.json");

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How many times two forks run before the first look. Default: ${DEFAULT-VALUE}")
    private int rounds = 8;

    @Option(
            names = "--max-rounds",
            paramLabel = "N",
            description =
                    "How many times, where something stays uncertain; four more where it then looks slower. Default: ${DEFAULT-VALUE}")
    private int maxRounds = 24;

    @Option(
            names = "--write-baseline",
            description = "Writes the measurement to the baseline's file instead of comparing.")
    private boolean writeBaseline;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        if (rounds < 1 || maxRounds < rounds) {
            throw new IOException("--rounds " + rounds + " --max-rounds " + maxRounds
                    + ": allowed is 1 or more, and no more than --max-rounds");
        }
        if (writeBaseline) {
            GateRun run = run(List.of(jar(fresh)));
            run.measure(maxRounds);
            write(baseline, Results.leastOnly(run.results().get(0)));
            return 0;
        }
        Path before = base;
        if (before == null && !Files.isRegularFile(baseline)) {
            throw new IOException("There is no baseline " + baseline
                    + ": name another one by --baseline, or measure two builds by --base");
        }
        Results known = before == null ? Results.read(baseline) : null;
        GateRun run = run(before == null ? List.of(jar(fresh)) : List.of(jar(before), jar(fresh)));
        Comparison comparison = compare(run, known);
        write(output.directory().resolve("gate-base.json"), run.results().get(0));
        write(output.directory().resolve("gate-new.json"), newest(run));
        return CompareCommand.report(spec, comparison, output.directory());
    }

    /**
     * Measures until nothing is uncertain, something allocates more or is slower at two looks running, or the rounds are used
     * up; looks but a few times. Something may look slower only because none of its forks has been undisturbed yet.
     */
    private Comparison compare(GateRun run, @Nullable Results known) throws IOException, InterruptedException {
        boolean slowerBefore = false;
        for (int measured = 0; ; ) {
            int more = measured == 0 ? rounds : LOOK_ROUNDS;
            run.measure(more);
            measured += more;
            Comparison comparison =
                    Comparison.of(known == null ? Results.of(run.results().get(0)) : known, Results.of(newest(run)));
            boolean slower = !comparison.passes();
            if (slower ? slowerBefore || comparison.allocatesMore() : comparison.isCertain() || measured >= maxRounds) {
                return comparison;
            }
            slowerBefore = slower;
        }
    }

    private static ArrayNode newest(GateRun run) {
        return run.results().get(run.results().size() - 1);
    }

    private GateRun run(List<Path> jars) {
        return new GateRun(jars, spec.commandLine().getErr());
    }

    /** Writes results, and beside them where they were measured. */
    private void write(Path file, ArrayNode results) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ObjectMapper json = new ObjectMapper();
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        json.writerWithDefaultPrettyPrinter()
                .writeValue(
                        file.resolveSibling(name + "-environment.json").toFile(),
                        Environment.here(Main.commandLine(spec)));
    }

    private static Path jar(Path jarOrCheckout) throws IOException {
        if (Files.isRegularFile(jarOrCheckout)) {
            return jarOrCheckout;
        }
        Path target = jarOrCheckout.resolve("benchmarks").resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                var found = files.filter(file -> file.toString().endsWith("-runnable.jar"))
                        .findFirst();
                if (found.isPresent()) {
                    return found.get();
                }
            }
        }
        throw new IOException("There is no " + target + "/*-runnable.jar: call " + jarOrCheckout
                + "/bin/cobrowse-bench --version, which builds it");
    }
}

package io.cobrowse.bench.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.gate.BenchmarkJar;
import io.cobrowse.bench.gate.Build;
import io.cobrowse.bench.gate.Comparison;
import io.cobrowse.bench.gate.ComparisonFiles;
import io.cobrowse.bench.gate.ComparisonReport;
import io.cobrowse.bench.gate.GateRun;
import io.cobrowse.bench.gate.History;
import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.bench.suite.Suite;
import io.cobrowse.measuring.Cause;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.Version;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.Section;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
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
                "Measures whether the code has become slower or allocates more: 0 when not, 1 when it has, 2 when there"
                        + " is nothing to compare with. With --base the forks of both are interleaved, which is reliable, and"
                        + " both may be any JMH uber-jars; without --base the comparison is with the committed baseline, which another"
                        + " machine may have measured.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class GateCommand implements Callable<Integer> {
    /** Small, since each look is another chance for noise to look like a change. */
    private static final int LOOK_ROUNDS = 4;

    private static final Path HOME = Path.of(System.getProperty("cobrowse.home", "."));

    @Option(
            names = "--base",
            paramLabel = "JAR|CHECKOUT",
            description = "The code before: a JMH uber-jar, or a checkout of this project in which it is built.")
    private @Nullable Path base;

    @Option(names = "--new", paramLabel = "JAR|CHECKOUT", description = "The code after. Default: this checkout.")
    private Path fresh = HOME;

    @Option(
            names = "--include",
            paramLabel = "REGEX",
            description =
                    "Which cases, by their titles, such as 'CookieScan.*TYPICAL'. Default: the gate's set of this project's"
                            + " jars, all of another jar.")
    private @Nullable Pattern include;

    @Option(
            names = "--baseline",
            paramLabel = "FILE",
            description = "What to compare with if there is no --base. Default: ${DEFAULT-VALUE}")
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
                    "How many times at most if something stays uncertain; four more if it then looks slower. Default: ${DEFAULT-VALUE}")
    private int maxRounds = 24;

    @Option(
            names = "--java-options",
            paramLabel = "OPTIONS",
            description = "Options of the forks' JVMs. Default: ${DEFAULT-VALUE}")
    private String javaOptions = "-Xms128m -Xmx128m";

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description = "Adds the measurement of the new code to this file, and draws all of them.")
    private @Nullable Path history;

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
        Path before = base;
        if (before == null && !writeBaseline && !Files.isRegularFile(baseline)) {
            throw new IOException("There is no baseline " + baseline
                    + ": name another one by --baseline, or measure two builds by --base");
        }
        Path after = jar(fresh);
        Build newest = Build.ofJar(after);
        if (writeBaseline) {
            return writeBaseline(after, newest);
        }
        if (before == null) {
            Results known = Results.read(baseline);
            List<Case> cases = chosen(BenchmarkJar.read(after));
            return measure(List.of(after), List.of(cases), known, Build.ofResults(baseline), newest);
        }
        Path old = jar(before);
        List<Case> ofOld = chosen(BenchmarkJar.read(old));
        List<Case> ofNew = chosen(BenchmarkJar.read(after));
        if (ofOld.stream().noneMatch(ofNew::contains)) {
            throw new IOException("base and new have no case in common"
                    + (include == null ? "" : " whose title matches --include " + include));
        }
        return measure(List.of(old, after), List.of(ofOld, ofNew), null, Build.ofJar(old), newest);
    }

    private List<Case> chosen(BenchmarkJar jar) throws IOException {
        List<Case> cases = Suite.of(jar.cases(), include);
        if (cases.isEmpty()) {
            throw new IOException(
                    jar.file() + " has no case" + (include == null ? "" : " whose title matches --include " + include));
        }
        return cases;
    }

    private int writeBaseline(Path jar, Build build) throws IOException, InterruptedException {
        try (GateRun run = run(List.of(jar), List.of(chosen(BenchmarkJar.read(jar))))) {
            run.measure(maxRounds);
            write(baseline, Results.leastOnly(run.results().get(0)), build);
        }
        return 0;
    }

    /** @param known the results to compare with; null if the first jar is measured for them */
    private int measure(List<Path> jars, List<List<Case>> cases, @Nullable Results known, Build before, Build after)
            throws IOException, InterruptedException {
        try (Interruption interruption = Interruption.watch();
                GateRun run = run(jars, cases)) {
            boolean interrupted = false;
            try {
                measure(run, known);
            } catch (IOException | InterruptedException failure) {
                interrupted = interruption.happened();
                if (!interrupted) {
                    throw failure;
                }
            }
            if (known == null) {
                write(
                        output.directory().resolve("gate-base.json"),
                        run.results().get(0),
                        before);
            }
            write(output.directory().resolve("gate-new.json"), newest(run), after);
            if (history != null && !interrupted) {
                Environment environment = after.environment(Main.commandLine(spec));
                History.append(history, environment.time(), after.commit(), Results.of(newest(run)));
                HtmlReport.write(output.directory().resolve("history.html"), History.page(history));
            }
            Comparison comparison = compare(run, known);
            Section flameGraph = known == null && !interrupted ? flameGraph(run, comparison) : null;
            return report(comparison, before, after, interrupted, flameGraph);
        }
    }

    /** Records both builds once more if something is slower. A failed recording does not affect the verdict. */
    private @Nullable Section flameGraph(GateRun run, Comparison comparison) throws InterruptedException {
        String slowest = ComparisonReport.slowest(comparison);
        if (slowest == null) {
            return null;
        }
        try {
            String html = run.flameGraph(slowest);
            return html == null
                    ? null
                    : Section.framed("Where the time goes: " + slowest, "By samples of Java's flight recorder.", html);
        } catch (IOException failure) {
            spec.commandLine().getErr().println("No flame graph: " + Cause.of(failure));
            return null;
        }
    }

    private int report(
            Comparison comparison, Build before, Build after, boolean interrupted, @Nullable Section flameGraph)
            throws IOException {
        Environment environment = after.environment(Main.commandLine(spec));
        ComparisonReport.write(comparison, before, after, environment, interrupted, flameGraph, output.directory());
        ComparisonFiles.write(comparison, before, after, environment, interrupted, output.directory());
        String markdown = ComparisonReport.markdown(comparison, before, after);
        PrintWriter out = spec.commandLine().getOut();
        out.print((interrupted ? "Interrupted. So far: " : "") + markdown);
        out.flush();
        ComparisonFiles.tellGitHub(comparison, markdown, out);
        return comparison.passes() ? 0 : 1;
    }

    /**
     * Measures until nothing is uncertain, something allocates more or is slower at two consecutive looks, or the
     * rounds are used up. The looks are few. Something may only look slower because none of its forks has been
     * undisturbed yet.
     */
    private void measure(GateRun run, @Nullable Results known) throws IOException, InterruptedException {
        boolean slowerBefore = false;
        for (int measured = 0; ; ) {
            int more = measured == 0 ? rounds : LOOK_ROUNDS;
            run.measure(more);
            measured += more;
            Comparison comparison = compare(run, known);
            boolean slower = !comparison.passes();
            spec.commandLine()
                    .getErr()
                    .println("look after " + measured + " rounds: " + ComparisonReport.summary(comparison));
            if (slower ? slowerBefore || comparison.allocatesMore() : comparison.isCertain() || measured >= maxRounds) {
                return;
            }
            slowerBefore = slower;
        }
    }

    private static Comparison compare(GateRun run, @Nullable Results known) {
        if (run.rounds() == 0) {
            return Comparison.NOTHING;
        }
        return Comparison.of(known == null ? Results.of(run.results().get(0)) : known, Results.of(newest(run)));
    }

    private static ArrayNode newest(GateRun run) {
        return run.results().get(run.results().size() - 1);
    }

    private GateRun run(List<Path> jars, List<List<Case>> cases) throws IOException {
        return new GateRun(
                jars,
                cases,
                List.of(javaOptions.trim().split("\\s+", -1)),
                spec.commandLine().getErr());
    }

    /** Writes results, and beside them the environment and the code that they are from. */
    private void write(Path file, ArrayNode results, Build build) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        ObjectMapper json = new ObjectMapper();
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), results);
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        json.writerWithDefaultPrettyPrinter()
                .writeValue(
                        file.resolveSibling(name + "-environment.json").toFile(),
                        build.environment(Main.commandLine(spec)));
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

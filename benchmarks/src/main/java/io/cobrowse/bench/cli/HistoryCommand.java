package io.cobrowse.bench.cli;

import io.cobrowse.bench.gate.History;
import io.cobrowse.measuring.Version;
import io.cobrowse.measuring.report.HtmlReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "history",
        description =
                "Draws the history that 'gate --history' has written, and says where a case became slower or faster for good.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class HistoryCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file that 'gate --history' has written.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    @Mixin
    private final OutputOption output = new OutputOption();

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        HtmlReport.Content page = History.page(file);
        Path report = Files.createDirectories(output.directory()).resolve("history.html");
        HtmlReport.write(report, page);
        spec.commandLine().getOut().println(page.answer() + ". Report: " + report);
        return 0;
    }
}

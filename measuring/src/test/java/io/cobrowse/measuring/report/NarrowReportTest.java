package io.cobrowse.measuring.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.measuring.Tool;
import io.cobrowse.measuring.report.Section.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report as Chromium shows it on a phone. */
class NarrowReportTest {
    private static final Path CHROMIUM =
            Path.of(Optional.ofNullable(System.getenv("CHROMIUM")).orElse("/usr/bin/chromium"));
    private static final int COLUMNS = 9;

    /** Shows a report in a frame as wide as a phone, and writes down what of it is wider. */
    private static final String PHONE = """
            <!DOCTYPE html>
            <pre id="wider">not looked</pre>
            <script>
              const phone = document.createElement('iframe');
              phone.width = 390;
              phone.srcdoc = new TextDecoder().decode(Uint8Array.from(atob('%s'), (char) => char.charCodeAt(0)));
              phone.onload = () => {
                const page = phone.contentDocument;
                const wider = [page.documentElement, ...page.querySelectorAll('.wide')]
                  .filter((each) => each.scrollWidth > each.clientWidth)
                  .map((each) => (each.className || each.tagName) + ' ' + each.scrollWidth);
                document.getElementById('wider').textContent = wider.join(', ') || 'nothing';
              };
              document.body.append(phone);
            </script>
            """;

    @TempDir
    private Path directory;

    @Test
    void shouldShowATableOfManyColumnsOnAPhoneWithoutScrollingSideways() throws Exception {
        boolean there = Files.isExecutable(CHROMIUM);
        if (!there) {
            System.err.println("NarrowReportTest is skipped. There is no " + CHROMIUM
                    + ": install Debian's chromium, or set CHROMIUM.");
        }
        assumeTrue(there);
        List<String> columns = IntStream.range(0, COLUMNS)
                .mapToObj(column -> "column " + column)
                .toList();
        List<String> row = Collections.nCopies(COLUMNS, "12,345.67 (12,000.00 to 13,000.00)");
        Path report = directory.resolve("report.html");
        HtmlReport.write(
                report,
                new HtmlReport.Content(
                        "Title",
                        "Answer",
                        Mark.GOOD,
                        List.of(),
                        List.of(
                                Section.of("Figures", "", Table.of(columns, List.of(row, row))),
                                Section.of("Verdicts", "", new Table(columns, List.of(row), List.of(Mark.GOOD))))));
        String encoded = Base64.getEncoder().encodeToString(Files.readAllBytes(report));
        Path phone = Files.writeString(directory.resolve("phone.html"), PHONE.formatted(encoded));

        String wider = Tool.version(
                List.of(
                        CHROMIUM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-dev-shm-usage",
                        "--disable-gpu",
                        "--user-data-dir=" + directory.resolve("profile"),
                        "--dump-dom",
                        phone.toUri().toString()),
                "<pre id=.wider.>(.*)</pre>");

        assertThat(wider).isEqualTo("nothing");
    }
}

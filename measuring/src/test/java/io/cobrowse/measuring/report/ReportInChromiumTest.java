package io.cobrowse.measuring.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cobrowse.measuring.Tool;
import io.cobrowse.measuring.report.Chart.Series;
import io.cobrowse.measuring.report.Section.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A report in Chromium, on a phone. */
class ReportInChromiumTest {
    private static final Path CHROMIUM =
            Path.of(Optional.ofNullable(System.getenv("CHROMIUM")).orElse("/usr/bin/chromium"));
    private static final int COLUMNS = 9;

    /** Shows a report in a frame that is as wide as a phone, and writes down what an expression says of it. */
    private static final String PHONE = """
            <!DOCTYPE html>
            <pre id="said"></pre>
            <script>
              const phone = document.createElement('iframe');
              phone.width = 390;
              phone.srcdoc = new TextDecoder().decode(Uint8Array.from(atob('%s'), (char) => char.charCodeAt(0)));
              phone.onload = () => {
                document.getElementById('said').textContent = phone.contentWindow.eval("%s");
              };
              document.body.append(phone);
            </script>
            """;

    private static final String WIDER_THAN_THE_PHONE =
            "[document.documentElement, ...document.querySelectorAll('.wide')]"
                    + ".filter((each) => each.scrollWidth > each.clientWidth).length";

    @TempDir
    private Path directory;

    @BeforeAll
    static void findChromium() {
        boolean there = Files.isExecutable(CHROMIUM);
        if (!there) {
            System.err.println("ReportInChromiumTest is skipped. There is no " + CHROMIUM
                    + ": install Debian's chromium, or set CHROMIUM.");
        }
        assumeTrue(there);
    }

    private int ask(String expression, Section... sections) throws IOException {
        Path report = directory.resolve("report.html");
        HtmlReport.write(report, new HtmlReport.Content("Title", "Answer", Mark.GOOD, List.of(), List.of(sections)));
        String encoded = Base64.getEncoder().encodeToString(Files.readAllBytes(report));
        Path phone = Files.writeString(directory.resolve("phone.html"), PHONE.formatted(encoded, expression));
        List<String> command = List.of(
                CHROMIUM.toString(),
                "--headless",
                "--no-sandbox",
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--user-data-dir=" + directory.resolve("profile"),
                "--dump-dom",
                phone.toUri().toString());
        return Integer.parseInt(Tool.version(command, "<pre id=\"said\">(\\d+)"));
    }

    @Test
    void shouldShowATableOfManyColumnsWithoutScrollingSideways() throws Exception {
        List<String> columns = IntStream.range(0, COLUMNS)
                .mapToObj(column -> "column " + column)
                .toList();
        List<String> row = Collections.nCopies(COLUMNS, "12,345.67 (12,000.00 to 13,000.00)");

        assertThat(ask(
                        WIDER_THAN_THE_PHONE,
                        Section.of("Figures", "", Table.of(columns, List.of(row, row))),
                        Section.of("Verdicts", "", new Table(columns, List.of(row), List.of(Mark.GOOD)))))
                .isZero();
    }

    @Test
    void shouldShowWhiskersWhole() throws Exception {
        Series series = new Series("median", List.of(new double[] {0, 300, 200, 477}), false);

        assertThat(ask(
                        "Math.floor(charts[0].scales.x.max)",
                        Section.of("Bars", "", Chart.bars("ns", false, List.of("case"), List.of(series)))))
                .isGreaterThanOrEqualTo(477);
    }
}

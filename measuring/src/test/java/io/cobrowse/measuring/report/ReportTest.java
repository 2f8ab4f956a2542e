package io.cobrowse.measuring.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.measuring.report.Chart.Series;
import io.cobrowse.measuring.report.JUnitXml.Check;
import io.cobrowse.measuring.report.Section.Table;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

class ReportTest {
    @TempDir
    private Path directory;

    @Test
    void shouldStandAloneAndNotLetATextEndTheScript() throws Exception {
        Path file = directory.resolve("report.html");
        HtmlReport.write(
                file,
                new HtmlReport.Content(
                        "A & B",
                        "</script><b>answer",
                        Mark.TOLD,
                        List.of(),
                        List.of(Section.of(
                                "Rows",
                                "",
                                new Table(
                                        List.of("x"),
                                        List.of(List.of("1"), List.of("2")),
                                        Arrays.asList(Mark.BAD, null))))));
        assertThat(Files.readString(file))
                .contains("A &amp; B", "\\u003c/script>", "\"mark\":\"told\"", "\"marks\":[\"bad\",null]")
                .doesNotContain("{{", "</script><b>", "src=\"http");
    }

    /** A browser ignores everything below a condition that it does not know, such as {@code (not print)}. */
    @Test
    void shouldHaveADarkThemeBelowAConditionThatThereIs() throws Exception {
        Path file = directory.resolve("report.html");
        HtmlReport.write(file, new HtmlReport.Content("A", "b", Mark.TOLD, List.of(), List.of()));
        assertThat(Files.readString(file).lines().map(String::strip).filter(line -> line.startsWith("@media")))
                .containsExactly(
                        "@media screen and (prefers-color-scheme: dark) {",
                        "@media (max-width: 40rem) {",
                        "@media print {");
    }

    @Test
    void shouldDrawPercentilesUpToTheLastThatASampleLiesAbove() {
        Histogram histogram = new Histogram(3);
        for (int i = 1; i <= 1000; i++) {
            histogram.recordValue(i * 1_000_000L);
        }
        Series series = Chart.percentiles("step", histogram, 1e6);
        assertThat(series.points()).allMatch(point -> point[0] >= 1 && point[0] <= 1000);
        assertThat(series.points()).anySatisfy(point -> {
            assertThat(point[0]).isEqualTo(2);
            assertThat(point[1]).isBetween(499.0, 501.0);
        });
    }

    @Test
    void shouldWriteJUnitXmlThatAReaderUnderstands() throws Exception {
        Path file = directory.resolve("junit.xml");
        JUnitXml.write(
                file,
                "gate",
                List.of(
                        new Check("a <b>", Mark.GOOD, "same"),
                        new Check("c", Mark.BAD, "slower \"by\" 18 %"),
                        new Check("d", Mark.TOLD, "uncertain \u0001")));
        Element suite = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(file.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("tests")).isEqualTo("3");
        assertThat(suite.getAttribute("failures")).isEqualTo("1");
        assertThat(suite.getAttribute("skipped")).isEqualTo("1");
        Element failure = (Element) suite.getElementsByTagName("failure").item(0);
        assertThat(failure.getAttribute("message")).isEqualTo("slower \"by\" 18 %");
    }
}

package io.cobrowse.measuring.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.report.Section.Table;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes a report as one HTML file that needs nothing else, not even a network connection. */
public final class HtmlReport {
    private static final String CHART_JS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    /**
     * What a report says. Immutable.
     *
     * @param answer the result in one sentence, in large type
     * @param mark the overall verdict
     * @param headlines the key figures, each with its meaning
     */
    public record Content(String title, String answer, Mark mark, List<Headline> headlines, List<Section> sections) {}

    /** A figure in large type. */
    public record Headline(String figure, String meaning) {}

    private HtmlReport() {}

    /** Writes a report; replaces an existing file. */
    public static void write(Path file, Content content) throws IOException {
        String html = resource("report.html")
                .replace("{{title}}", escaped(content.title()))
                .replace("{{chart.js}}", resource(CHART_JS))
                .replace("{{report.js}}", resource("report.js"))
                .replace("{{data}}", json(content));
        Files.writeString(file, html);
    }

    /** Returns where the figures were measured, as rows for a report's last section. */
    public static List<List<String>> rows(Environment environment) {
        return List.of(
                List.of("time", environment.time()),
                List.of(
                        "machine",
                        environment.cpu() + ", " + environment.cores() + " cores, " + environment.memoryMebibytes()
                                + " MiB; " + environment.os()),
                List.of("Java", environment.jdk()),
                List.of("commit", environment.commit()),
                List.of("load average before", environment.loadBefore()),
                List.of("command", environment.command()));
    }

    /** Returns where the figures were measured, as a report's last section. */
    public static Section section(Environment environment) {
        return Section.of("How it was measured", "", Table.of(List.of("", ""), rows(environment)));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** Returns JSON that cannot end the script element it stands in. */
    private static String json(Content content) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(content).replace("<", "\\u003c");
    }

    private static String resource(String name) throws IOException {
        try (InputStream stream = HtmlReport.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new FileNotFoundException("The resource " + name + " is missing");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package io.cobrowse.load.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.load.settings.Json;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes a report as one HTML file that needs nothing else, not even a network. */
public final class HtmlReport {
    private static final String CHART_JS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    /**
     * What a report says. Immutable.
     *
     * @param answer the one sentence to take away
     * @param passed whether all was well; null where there is nothing to pass
     * @param headlines the figures to take away, each with what it is
     */
    public record Content(
            String title, String answer, @Nullable Boolean passed, List<Headline> headlines, List<Section> sections) {}

    /** A figure in large type. */
    public record Headline(String figure, String meaning) {}

    private HtmlReport() {}

    /** Writes a report; replaces the file where there is one. */
    public static void write(Path file, Content content) throws IOException {
        String html = resource("report.html")
                .replace("{{title}}", content.title())
                .replace("{{chart.js}}", resource(CHART_JS))
                .replace("{{report.js}}", resource("report.js"))
                .replace("{{data}}", json(content));
        Files.writeString(file, html);
    }

    /** Returns JSON that cannot end the script element it stands in. */
    private static String json(Content content) throws JsonProcessingException {
        return Json.mapper().writeValueAsString(content).replace("<", "\\u003c");
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

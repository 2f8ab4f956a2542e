package io.cobrowse.bench.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes plots as one HTML file that needs nothing else, not even a network. */
public final class HtmlReport {
    private static final String CHART_JS = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";

    private record Data(Environment environment, List<Plot> plots) {}

    private HtmlReport() {}

    /** Writes a report; replaces the file where there is one. */
    public static void write(Path file, String title, Environment environment, List<Plot> plots) throws IOException {
        String html = resource("report.html")
                .replace("{{title}}", title)
                .replace("{{chart.js}}", resource(CHART_JS))
                .replace("{{report.js}}", resource("report.js"))
                .replace("{{data}}", json(new Data(environment, plots)));
        Files.writeString(file, html);
    }

    /** Returns JSON that cannot end the script element it stands in. */
    private static String json(Data data) throws JsonProcessingException {
        return new ObjectMapper().writeValueAsString(data).replace("<", "\\u003c");
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

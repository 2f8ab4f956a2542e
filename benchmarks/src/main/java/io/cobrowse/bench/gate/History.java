package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.bench.suite.Results;
import io.cobrowse.measuring.report.HtmlReport;
import io.cobrowse.measuring.report.Trend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The measurements of gates over time: a file with one line of JSON for each. */
public final class History {
    /**
     * The measurement of one gate's new code.
     *
     * @param times the time of each case, by title, divided by the calibrations of the same run, so that a slower
     *     machine does not matter
     */
    record Entry(String time, String commit, SortedMap<String, Double> times) {}

    private static final ObjectMapper JSON = new ObjectMapper();

    private History() {}

    /** Adds a measurement; creates the file if there is none. */
    public static void append(Path file, String time, String commit, Results results) throws IOException {
        SortedMap<String, Double> times = new TreeMap<>();
        double calibration = Comparison.calibration(results);
        results.cases().forEach((which, measured) -> {
            if (!which.calibrates()) {
                times.put(which.title(), Interval.quiet(measured.leastNanos()) / calibration);
            }
        });
        Files.writeString(
                file,
                JSON.writeValueAsString(new Entry(time, commit, times)) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /**
     * Returns a page with all measurements and the changes that stayed.
     *
     * @throws IOException when there is no such file, or a line of it is invalid
     */
    public static HtmlReport.Content page(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new IOException("There is no file " + file);
        }
        List<Entry> entries = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines) {
            try {
                entries.add(JSON.readValue(line, Entry.class));
            } catch (IOException broken) {
                throw new IOException(
                        file + ": line " + (entries.size() + 1) + " is none that 'gate --history' has written", broken);
            }
        }
        TreeSet<String> titles = new TreeSet<>();
        entries.forEach(entry -> titles.addAll(entry.times.keySet()));
        List<Trend> trends = titles.stream()
                .map(title -> new Trend(
                        title,
                        entries.stream()
                                .filter(entry -> entry.times.containsKey(title))
                                .map(entry -> entry.times.get(title))
                                .toList()))
                .toList();
        return Trend.page(
                "The gate's history", entries.stream().map(Entry::commit).toList(), "times the calibration", trends);
    }
}

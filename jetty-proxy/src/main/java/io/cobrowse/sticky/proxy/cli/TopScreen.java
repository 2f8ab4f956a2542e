package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Formats the nodes as lines of a terminal, 80 columns wide. Stateless. */
final class TopScreen {
    static final int COLUMNS = 80;

    private static final String ROW = "%s %-12s %-5s %6s %6s %6s %7s %7s %7s %7s %s";
    private static final String HEADING = String.format(
            ROW, " ", "NODE", "STATE", "REQ/S", "OPEN", "POLLS", "TUNNELS", "CLIENTS", "P50 MS", "P99 MS", "");

    private TopScreen() {}

    /**
     * Returns the lines of the screen.
     *
     * @param stats times of the last ten seconds and of longer periods, from {@code /api/stats}
     * @param selected the index of the node that keys apply to
     * @param rows the number of lines of the terminal
     * @param footer the last line
     */
    static List<String> lines(JsonNode nodes, JsonNode stats, int selected, int rows, String footer) {
        List<String> lines = new ArrayList<>();
        long perSecond = 0;
        long ready = 0;
        for (JsonNode node : nodes) {
            perSecond += node.path("requestsPerSecond").asLong();
            ready += node.path("state").asText().equals("ready") ? 1 : 0;
        }
        lines.add(ready + " of " + nodes.size() + " nodes ready, " + perSecond + " requests a second"
                + recent(stats.path("all").path(0)));
        Map<String, JsonNode> times = new HashMap<>();
        stats.path("nodes")
                .forEach(node ->
                        times.put(node.path("id").asText(), node.path("times").path(0)));
        lines.add(HEADING.stripTrailing());
        int room = Math.max(1, rows - 3);
        int first = Math.max(0, Math.min(selected - room / 2, nodes.size() - room));
        for (int i = first; i < Math.min(nodes.size(), first + room); i++) {
            JsonNode node = nodes.get(i);
            lines.add(
                    line(node, times.getOrDefault(node.path("id").asText(), MissingNode.getInstance()), i == selected));
        }
        lines.add(footer);
        return lines.stream()
                .map(line -> line.length() <= COLUMNS ? line : line.substring(0, COLUMNS))
                .toList();
    }

    private static String recent(JsonNode times) {
        return times.path("count").asLong() == 0
                ? ""
                : String.format(
                        Locale.ROOT, "; in 10 s p50 %s, p99 %s ms", millis(times, "p50Ms"), millis(times, "p99Ms"));
    }

    private static String line(JsonNode node, JsonNode times, boolean selected) {
        String id = node.path("id").asText().replaceAll("[^!-~]", "?");
        return String.format(
                        ROW,
                        selected ? ">" : " ",
                        id.length() <= 12 ? id : id.substring(0, 11) + "~",
                        state(node.path("state").asText()),
                        count(node.path("requestsPerSecond").asLong()),
                        count(node.path("activeRequests").asLong()),
                        count(node.path("parkedPolls").asLong()),
                        count(node.path("activeTunnels").asLong()),
                        count(node.path("sessionsSeen").asLong()),
                        millis(times, "p50Ms"),
                        millis(times, "p99Ms"),
                        node.path("safeToStop").asBoolean() ? "SAFE" : "")
                .stripTrailing();
    }

    /** Formats a count in at most six columns. */
    private static String count(long value) {
        return value < 1_000_000 ? Long.toString(value) : Math.min(value / 1_000_000, 99_999) + "M";
    }

    /**
     * Formats a time in at most seven columns; "-" for a node that has answered no requests in the period except polls
     * and tunnels.
     */
    private static String millis(JsonNode times, String name) {
        double millis = times.path(name).asDouble();
        return times.path("count").asLong() == 0
                ? "-"
                : String.format(Locale.ROOT, millis < 10_000 ? "%.1f" : "%.0f", Math.min(millis, 9_999_999));
    }

    private static String state(String state) {
        return switch (state) {
            case "ready", "drain", "maint", "down" -> state;
            default -> "?";
        };
    }
}

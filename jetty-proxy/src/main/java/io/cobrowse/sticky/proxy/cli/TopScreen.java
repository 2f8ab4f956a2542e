package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The nodes as lines of a terminal, 80 columns wide. Stateless. */
final class TopScreen {
    static final int COLUMNS = 80;

    private static final String HEADING = String.format(
            "  %-12s %-11s %8s %8s %7s %8s %8s  %s",
            "NODE", "STATE", "REQ/S", "OPEN", "POLLS", "TUNNELS", "CLIENTS", "");

    private TopScreen() {}

    /**
     * Returns the lines.
     *
     * @param selected index of the node that keys act upon
     * @param rows how many lines the terminal has
     * @param footer what stands in the last line
     */
    static List<String> lines(JsonNode nodes, int selected, int rows, String footer) {
        List<String> lines = new ArrayList<>();
        long perSecond = 0;
        long ready = 0;
        for (JsonNode node : nodes) {
            perSecond += node.path("requestsPerSecond").asLong();
            ready += node.path("state").asText().equals("ready") ? 1 : 0;
        }
        lines.add(ready + " of " + nodes.size() + " nodes ready, " + perSecond + " requests a second");
        lines.add(HEADING.stripTrailing());
        int room = Math.max(1, rows - 3);
        int first = Math.max(0, Math.min(selected - room / 2, nodes.size() - room));
        for (int i = first; i < Math.min(nodes.size(), first + room); i++) {
            lines.add(line(nodes.get(i), i == selected));
        }
        lines.add(footer);
        return lines.stream()
                .map(line -> line.length() <= COLUMNS ? line : line.substring(0, COLUMNS))
                .toList();
    }

    private static String line(JsonNode node, boolean selected) {
        String id = node.path("id").asText().replaceAll("[^!-~]", "?");
        return String.format(
                        Locale.ROOT,
                        "%s %-12s %-11s %8d %8d %7d %8d %8d  %s",
                        selected ? ">" : " ",
                        id.length() <= 12 ? id : id.substring(0, 11) + "~",
                        state(node.path("state").asText()),
                        node.path("requestsPerSecond").asLong(),
                        node.path("activeRequests").asLong(),
                        node.path("parkedPolls").asLong(),
                        node.path("activeTunnels").asLong(),
                        node.path("sessionsSeen").asLong(),
                        node.path("safeToStop").asBoolean() ? "SAFE" : "")
                .stripTrailing();
    }

    private static String state(String state) {
        return switch (state) {
            case "maint" -> "maintenance";
            case "drain" -> "draining";
            case "ready", "down" -> state;
            default -> "?";
        };
    }
}

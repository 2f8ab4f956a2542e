package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;

/** Formats the nodes of the admin interface as a table. */
final class NodeListing {
    private static final List<String> HEADINGS =
            List.of("ID", "COOKIE", "STATE", "REQUESTS", "TUNNELS", "WEIGHT", "URL");
    private static final List<String> FIELDS =
            List.of("id", "cookie", "state", "activeRequests", "activeTunnels", "weight", "url");

    private NodeListing() {}

    /** Returns a line of headings and a line for each node, in columns. */
    static String of(JsonNode nodes) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEADINGS);
        for (JsonNode node : nodes) {
            rows.add(FIELDS.stream().map(field -> text(node.path(field))).toList());
        }
        int[] widths = IntStream.range(0, FIELDS.size())
                .map(column -> rows.stream()
                        .mapToInt(row -> row.get(column).length())
                        .max()
                        .orElse(0))
                .toArray();
        return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining());
    }

    private static String line(List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < widths.length; column++) {
            String cell = row.get(column);
            line.append(cell).append(" ".repeat(widths[column] - cell.length() + 2));
        }
        return line.toString().stripTrailing() + System.lineSeparator();
    }

    private static String text(JsonNode value) {
        String text = value.isArray()
                ? StreamSupport.stream(value.spliterator(), false)
                        .map(JsonNode::asText)
                        .collect(Collectors.joining(","))
                : value.asText("");
        return text.isEmpty() ? "-" : text.replaceAll("\\p{Cntrl}", "?");
    }
}

package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/** Formats the changes that a reload would make. */
final class PreviewText {
    private PreviewText() {}

    /** Returns a line for each change, or one line saying that there is none. */
    static String of(JsonNode preview) {
        List<String> lines = new ArrayList<>();
        for (JsonNode node : preview.path("added")) {
            lines.add("+ node " + text(node, "id") + " at " + text(node, "url"));
        }
        for (JsonNode node : preview.path("removed")) {
            lines.add("- node " + text(node, "id") + " at " + text(node, "url") + ": open now "
                    + node.path("activeRequests").asInt() + " requests, of them "
                    + node.path("parkedPolls").asInt() + " polls, and "
                    + node.path("activeTunnels").asInt() + " WebSockets; "
                    + node.path("sessionsSeen").asInt() + " clients seen in 40 s");
        }
        for (JsonNode id : preview.path("changed")) {
            lines.add("~ node " + clean(id.asText()) + ": other settings");
        }
        add(lines, preview.path("sections"), "take effect at once: ");
        add(lines, preview.path("restart"), "need a restart: ");
        if (lines.isEmpty()) {
            lines.add("A reload would change nothing.");
        }
        return String.join(System.lineSeparator(), lines) + System.lineSeparator();
    }

    private static void add(List<String> lines, JsonNode names, String what) {
        StringJoiner joined = new StringJoiner(", ", what, "");
        names.forEach(name -> joined.add(clean(name.asText())));
        if (!names.isEmpty()) {
            lines.add(joined.toString());
        }
    }

    private static String text(JsonNode node, String field) {
        return clean(node.path(field).asText());
    }

    private static String clean(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}

package io.cobrowse.bench.gate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingFile;

/**
 * One picture of where two builds spend their time, from the samples of Java's flight recorder. The width of a frame is
 * its share of the new build's samples; red means more than in base, blue means less. Not thread-safe.
 */
final class FlameGraph {
    private static final String SAMPLE = "jdk.ExecutionSample";
    private static final String WORKER = "jmh-worker";
    /** Narrower frames are not visible. */
    private static final double LEAST_SHARE = 0.003;

    private static final String PAGE = """
            <!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Flame graph</title>
            <style>
              body { font: 12px system-ui, sans-serif; margin: 8px; color: #1f2933; }
              .row { display: flex; }
              .frame { min-width: 0; box-sizing: border-box; }
              .frame > span { display: block; height: 18px; line-height: 18px; padding: 0 3px; border: 1px solid #fff;
                              border-radius: 3px; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
            </style>
            <p>Width: share of the new build's time. Red: more than in base, blue: less. Point at a frame for its figures.</p>
            <div class="row">%s</div>
            </html>
            """;

    private final Node root = new Node("all");
    private long baseSamples;
    private long newSamples;

    private static final class Node {
        private final String name;
        private final Map<String, Node> children = new LinkedHashMap<>();
        private long base;
        private long fresh;

        private Node(String name) {
            this.name = name;
        }
    }

    /** Reads the recordings of both builds. */
    FlameGraph(Path base, Path fresh) throws IOException {
        baseSamples = add(base, true);
        newSamples = add(fresh, false);
    }

    /** Returns whether there are samples of both builds. */
    boolean known() {
        return baseSamples > 0 && newSamples > 0;
    }

    private long add(Path recording, boolean ofBase) throws IOException {
        long samples = 0;
        for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
            if (event.getEventType().getName().equals(SAMPLE)
                    && event.getStackTrace() != null
                    && event.getThread("sampledThread") != null
                    && String.valueOf(event.getThread("sampledThread").getJavaName())
                            .contains(WORKER)) {
                samples++;
                List<String> stack = new ArrayList<>();
                event.getStackTrace().getFrames().forEach(frame -> stack.add(name(frame)));
                Collections.reverse(stack);
                Node node = root;
                count(node, ofBase);
                for (String frame : stack) {
                    node = node.children.computeIfAbsent(frame, Node::new);
                    count(node, ofBase);
                }
            }
        }
        return samples;
    }

    private static void count(Node node, boolean ofBase) {
        if (ofBase) {
            node.base++;
        } else {
            node.fresh++;
        }
    }

    private static String name(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        String type = method.getType().getName();
        return type.substring(type.lastIndexOf('.') + 1) + "." + method.getName();
    }

    /** Returns the picture as an HTML document that needs nothing else. */
    String html() {
        StringBuilder frames = new StringBuilder();
        draw(root, 100, frames);
        return PAGE.formatted(frames);
    }

    private void draw(Node node, double percentOfParent, StringBuilder html) {
        double fresh = (double) node.fresh / newSamples;
        double base = (double) node.base / baseSamples;
        if (fresh < LEAST_SHARE) {
            return;
        }
        html.append(String.format(
                Locale.ROOT,
                "<div class=\"frame\" style=\"flex: 0 0 %.3f%%\"><span style=\"background: %s\""
                        + " title=\"%s: %.1f %% of new, %.1f %% of base\">%s</span><div class=\"row\">",
                percentOfParent,
                colour(fresh - base),
                escaped(node.name),
                100 * fresh,
                100 * base,
                escaped(node.name)));
        node.children.values().stream()
                .sorted(Comparator.comparingLong((Node child) -> child.fresh).reversed())
                .forEach(child -> draw(child, 100.0 * child.fresh / node.fresh, html));
        html.append("</div></div>");
    }

    /** Returns a colour between white for no difference and the full colour for a tenth of the time. */
    private static String colour(double more) {
        int other = (int) Math.round(235 - 150 * Math.min(1, Math.abs(more) / 0.1));
        return more >= 0
                ? String.format(Locale.ROOT, "rgb(245, %d, %d)", other, other)
                : String.format(Locale.ROOT, "rgb(%d, %d, 245)", other, other);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("\"", "&quot;");
    }
}

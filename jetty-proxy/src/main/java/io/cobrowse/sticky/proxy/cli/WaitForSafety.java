package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Checks a node once a second until it is safe to stop, and prints what is still open whenever that changes. */
final class WaitForSafety implements Callable<Integer> {
    static final int SAFE = 0;
    static final int TIMED_OUT = 3;

    private static final Pattern TIME = Pattern.compile("([1-9][0-9]{0,6})(s|m|h)");

    private final AdminClient client;
    private final String id;
    private final Duration time;
    private final PrintWriter out;
    private JsonNode node = MissingNode.getInstance();
    private String said = "";
    private long firstOpen = -1;
    private long firstNanos;

    WaitForSafety(AdminClient client, String id, Duration time, PrintWriter out) {
        this.client = client;
        this.id = id;
        this.time = time;
        this.out = out;
    }

    /** Returns the duration of a text such as {@code 90s}, or null if it is invalid. */
    static @Nullable Duration time(String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            default -> Duration.ofHours(amount);
        };
    }

    /** Returns {@link #SAFE} or {@link #TIMED_OUT}. */
    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
        long begin = System.nanoTime();
        while (true) {
            JsonNode current = ask();
            node = current;
            if (current.path("safeToStop").asBoolean()) {
                say("safe to stop", "");
                return SAFE;
            }
            sayWhatIsLeft(current);
            if (System.nanoTime() - begin >= time.toNanos()) {
                say("not safe to stop yet, and the time is over", "");
                return TIMED_OUT;
            }
            TimeUnit.SECONDS.sleep(1);
        }
    }

    /** Returns the node as the admin interface showed it last. */
    JsonNode node() {
        return node;
    }

    private JsonNode ask() throws CommandFailedException, InterruptedException {
        return StreamSupport.stream(client.nodes().spliterator(), false)
                .filter(each -> each.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow(() -> new CommandFailedException("node " + id + " was removed"));
    }

    private void sayWhatIsLeft(JsonNode node) {
        long polls = node.path("parkedPolls").asLong();
        long requests = Math.max(0, node.path("activeRequests").asLong() - polls);
        long tunnels = node.path("activeTunnels").asLong();
        say(
                count(requests, "request") + ", " + count(polls, "poll") + " and " + count(tunnels, "WebSocket")
                        + " open, " + count(node.path("sessionsSeen").asLong(), "client") + " seen in 40 s",
                estimate(requests + polls + tunnels));
    }

    private static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }

    /**
     * Returns an estimate from the rate at which clients have left so far. After the last one, the gap between two
     * polls must pass.
     */
    private String estimate(long open) {
        long now = System.nanoTime();
        if (firstOpen < open) {
            firstOpen = open;
            firstNanos = now;
        }
        long gone = firstOpen - open;
        double seconds = (now - firstNanos) / 1e9;
        if (open == 0) {
            return "; waiting for 10 s without a client";
        }
        return gone < 2 || seconds < 10
                ? ""
                : "; about " + Math.round(open * seconds / gone + 10) + " s more at this rate";
    }

    /** Prints the text with the current estimate, unless the text is the same as before. */
    private void say(String text, String estimate) {
        if (!text.equals(said)) {
            said = text;
            out.println("node " + id + ": " + text + estimate);
            out.flush();
        }
    }
}

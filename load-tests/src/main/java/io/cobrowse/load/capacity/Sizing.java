package io.cobrowse.load.capacity;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The numbers of nodes and proxies for a number of sessions. Immutable.
 *
 * @param nodes the number of nodes, including one spare for availability
 * @param nodesAtWorst the same, by the lower end of the range
 * @param proxies the number of proxies, including one spare
 */
public record Sizing(
        int sessions,
        int coresPerNode,
        int coresPerProxy,
        int nodes,
        int nodesAtWorst,
        int proxies,
        int proxiesAtWorst,
        List<String> explanation) {

    /**
     * Calculates the numbers.
     *
     * @throws IllegalArgumentException if the capacity of node or proxy is not known, or a number is below 1
     */
    public static Sizing of(Capacity capacity, int sessions, int coresPerNode, int coresPerProxy) {
        if (sessions < 1 || coresPerNode < 1 || coresPerProxy < 1) {
            throw new IllegalArgumentException("Sessions and cores are 1 or more");
        }
        Estimate node = perCore(capacity, "node").times(coresPerNode);
        Estimate proxy = perCore(capacity, "proxy").times(coresPerProxy);
        List<String> explanation = new ArrayList<>();
        explanation.add(explain("node", sessions, coresPerNode, node));
        explanation.add(explain("proxy", sessions, coresPerProxy, proxy));
        explanation.add(memory(capacity, "node", node.value()));
        explanation.add(memory(capacity, "proxy", proxy.value()));
        return new Sizing(
                sessions,
                coresPerNode,
                coresPerProxy,
                count(sessions, node.value()),
                count(sessions, node.low()),
                count(sessions, proxy.value()),
                count(sessions, proxy.low()),
                List.copyOf(explanation));
    }

    private static Estimate perCore(Capacity capacity, String name) {
        Component component = capacity.component(name);
        Estimate perCore = component == null ? null : component.sessionsPerCore();
        if (perCore == null || !(perCore.low() > 0)) {
            throw new IllegalArgumentException(
                    "The capacity of a " + name + " is not in this file: run capacity without --target");
        }
        return perCore;
    }

    private static int count(int sessions, double each) {
        return (int) Math.ceil(sessions / each) + 1;
    }

    private static String explain(String what, int sessions, int cores, Estimate each) {
        return String.format(
                Locale.ROOT,
                "A %s of %d cores carries %,.0f sessions (%,.0f to %,.0f): %,d sessions take %d, and one more.",
                what,
                cores,
                each.value(),
                each.low(),
                each.high(),
                sessions,
                count(sessions, each.value()) - 1);
    }

    private static String memory(Capacity capacity, String name, double sessions) {
        Component component = capacity.component(name);
        Estimate bytes = component == null ? null : component.bytesPerSession();
        return bytes == null
                ? "The memory of a " + name + " was not measured."
                : String.format(
                        Locale.ROOT,
                        "Sessions keep %,.0f MB alive in a full %s: give its heap at least three times that, and 64 MB.",
                        sessions * bytes.value() / 1e6,
                        name);
    }
}

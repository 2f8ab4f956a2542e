package io.cobrowse.load.record;

import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * The counts of one injector, or of several together. Times are in milliseconds since the epoch. Immutable.
 *
 * @param windowStart when the first sessions were all open; nothing before it is measured
 * @param windowEnd when sessions began to be ended
 * @param pairsDue pairs that were due in the window
 * @param pairsStarted those of them that arrived
 * @param stepsSent steps that were due in the window and were sent
 * @param stepsLate those of them that were sent too late
 * @param messages messages that reached the other end, at any time
 * @param answers answers whose owning node was checked
 * @param unverified answers that named no node
 * @param sessions sessions in which an agent and a customer met
 * @param completed those of them that ended as they should
 * @param restarted sessions that were started again after a loss
 * @param faultAt when a node was killed or drained; 0 for never
 * @param faultNode the node that was killed or drained; empty for none
 * @param sessionsOnFaultNode sessions that it owned then
 * @param violations incidents that must not happen
 * @param losses incidents that the fault explains and the routing rules allow
 */
public record InjectorResult(
        int injectors,
        long windowStart,
        long windowEnd,
        long pairsDue,
        long pairsStarted,
        long stepsSent,
        long stepsLate,
        long messages,
        long answers,
        long unverified,
        long sessions,
        long completed,
        long restarted,
        long faultAt,
        String faultNode,
        long sessionsOnFaultNode,
        Map<Incident, Incidents.Count> violations,
        Map<Incident, Incidents.Count> losses) {

    /**
     * Adds up the counts of several injectors of the same run. The window is the time in which all were measuring.
     *
     * @throws IllegalArgumentException if there are no results, or no such time
     */
    public static InjectorResult sum(List<InjectorResult> all) {
        if (all.isEmpty()) {
            throw new IllegalArgumentException("There are no results to merge");
        }
        long start = all.stream().mapToLong(InjectorResult::windowStart).max().orElseThrow();
        long end = all.stream().mapToLong(InjectorResult::windowEnd).min().orElseThrow();
        if (end <= start) {
            throw new IllegalArgumentException(
                    "The injectors did not measure at the same time: give them one --start-at");
        }
        InjectorResult faulty = all.stream()
                .filter(each -> !each.faultNode.isEmpty())
                .findFirst()
                .orElse(all.get(0));
        return new InjectorResult(
                (int) total(all, InjectorResult::injectors),
                start,
                end,
                total(all, InjectorResult::pairsDue),
                total(all, InjectorResult::pairsStarted),
                total(all, InjectorResult::stepsSent),
                total(all, InjectorResult::stepsLate),
                total(all, InjectorResult::messages),
                total(all, InjectorResult::answers),
                total(all, InjectorResult::unverified),
                total(all, InjectorResult::sessions),
                total(all, InjectorResult::completed),
                total(all, InjectorResult::restarted),
                faulty.faultAt,
                faulty.faultNode,
                total(all, InjectorResult::sessionsOnFaultNode),
                Incidents.sum(all.stream().map(InjectorResult::violations).toList()),
                Incidents.sum(all.stream().map(InjectorResult::losses).toList()));
    }

    private static long total(List<InjectorResult> all, ToLongFunction<InjectorResult> figure) {
        return all.stream().mapToLong(figure).sum();
    }

    /** Returns the number of violations of all kinds. */
    public long violationCount() {
        return violations.values().stream().mapToLong(Incidents.Count::count).sum();
    }

    /** Returns the length of the window in seconds. */
    public double windowSeconds() {
        return (windowEnd - windowStart) / 1e3;
    }
}

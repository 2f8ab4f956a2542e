package io.cobrowse.load.record;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts incidents and keeps the first examples of each kind. Thread-safe. */
public final class Incidents {
    private static final int EXAMPLES = 5;

    /**
     * The incidents of one kind. Immutable.
     *
     * @param examples the first examples
     */
    public record Count(long count, List<String> examples) {
        Count plus(Count other) {
            List<String> both = new ArrayList<>(examples);
            both.addAll(other.examples);
            return new Count(count + other.count, List.copyOf(both.subList(0, Math.min(EXAMPLES, both.size()))));
        }
    }

    private final Map<Incident, Count> counts = new EnumMap<>(Incident.class);

    public synchronized void add(Incident kind, String example) {
        counts.merge(kind, new Count(1, List.of(example)), Count::plus);
    }

    /** Returns the number of incidents of all kinds. */
    public synchronized long total() {
        return counts.values().stream().mapToLong(Count::count).sum();
    }

    /** Returns a copy of the counts. */
    public synchronized Map<Incident, Count> counts() {
        return new EnumMap<>(counts);
    }

    /** Adds up the incidents of several injectors. */
    static Map<Incident, Count> sum(List<Map<Incident, Count>> all) {
        Map<Incident, Count> sum = new EnumMap<>(Incident.class);
        all.forEach(each -> each.forEach((kind, count) -> sum.merge(kind, count, Count::plus)));
        return sum;
    }
}

package io.cobrowse.load.capacity;

import io.cobrowse.load.settings.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Records each trial and each component's result, and replays those of an interrupted run: with the same results, the
 * search takes the same course. Confined to one thread.
 */
public final class TrialLog {
    /** The file's name in a run's directory. */
    public static final String FILE = "trials.json";

    /**
     * The contents of the file.
     *
     * @param conditions the conditions of the trials; trials under other conditions cannot be added
     * @param components the components whose search is complete
     * @param trials the trials of the component whose search is in progress
     */
    record State(String conditions, List<Component> components, List<Trial> trials) {}

    private final Path file;
    private final String conditions;
    private final List<Component> components = new ArrayList<>();
    private final List<Trial> trials = new ArrayList<>();
    private final Deque<Trial> known = new ArrayDeque<>();

    private TrialLog(Path file, String conditions) {
        this.file = file;
        this.conditions = conditions;
    }

    /** Starts a new log, which replaces an existing one. */
    public static TrialLog begin(Path directory, String conditions) {
        return new TrialLog(directory.resolve(FILE), conditions);
    }

    /**
     * Continues where an interrupted run stopped.
     *
     * @throws IllegalArgumentException if there is none in this directory, or its conditions were different
     */
    public static TrialLog resume(Path directory, String conditions) {
        TrialLog log = new TrialLog(directory.resolve(FILE), conditions);
        State state = Json.read(log.file, State.class);
        if (!state.conditions.equals(conditions)) {
            throw new IllegalArgumentException("--resume: the trials of " + log.file
                    + " were made under other conditions: " + state.conditions + "; these are " + conditions);
        }
        log.components.addAll(state.components);
        log.known.addAll(state.trials);
        return log;
    }

    /** Returns a known component; null if it must be searched. */
    @Nullable
    Component component(String name) {
        return components.stream()
                .filter(component -> component.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    List<Component> components() {
        return List.copyOf(components);
    }

    /** Returns the trials of the component whose search is in progress. */
    List<Trial> trials() {
        return List.copyOf(trials);
    }

    /** Returns these trials, and those of an interrupted run that are not used yet. */
    List<Trial> trialsSoFar() {
        List<Trial> all = new ArrayList<>(trials);
        all.addAll(known);
        return all;
    }

    /** Returns the system with its trials recorded; known trials are not repeated. */
    SystemUnderLoad recording(SystemUnderLoad system) {
        return sessions -> {
            Trial next = known.peek();
            if (next != null && next.sessions() != sessions) {
                known.clear(); // From here, the search takes another course.
                next = null;
            }
            Trial trial = next == null ? system.load(sessions) : known.remove();
            trials.add(trial);
            write();
            return trial;
        };
    }

    void found(Component component) throws IOException {
        components.add(component);
        trials.clear();
        known.clear();
        write();
    }

    private void write() throws IOException {
        Json.mapper().writeValue(file.toFile(), new State(conditions, components, trials));
    }
}

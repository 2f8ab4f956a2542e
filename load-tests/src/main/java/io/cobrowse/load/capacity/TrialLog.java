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
 * Writes down each trial as it is made and each component as it is found, and repeats what a run that was interrupted has left:
 * a search that gets the same answers goes the same way. For one thread.
 */
public final class TrialLog {
    /** The file's name in a run's directory. */
    public static final String FILE = "trials.json";

    /**
     * What is written.
     *
     * @param conditions of the trials, which others cannot be added to unless theirs are the same
     * @param components those whose search is over
     * @param trials those of the component that is searched
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

    /** Begins anew, in place of what may be there. */
    public static TrialLog begin(Path directory, String conditions) {
        return new TrialLog(directory.resolve(FILE), conditions);
    }

    /**
     * Goes on where an interrupted run has stopped.
     *
     * @throws IllegalArgumentException if there is none in this directory, or it was under other conditions
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

    /** Returns a component that is known already; null where it has to be searched. */
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

    /** Returns the trials of the component that is searched. */
    List<Trial> trials() {
        return List.copyOf(trials);
    }

    /** Returns the same system, whose trials are written down; those that are known are not made again. */
    SystemUnderLoad recording(SystemUnderLoad system) {
        return sessions -> {
            Trial next = known.peek();
            if (next != null && next.sessions() != sessions) {
                known.clear(); // The search goes another way from here.
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

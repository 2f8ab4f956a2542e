package io.cobrowse.bench.machine;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Pins processes to the first two cores, where the machine has two and {@code taskset} is installed. */
public final class Cores {
    private final Optional<String> taskset =
            Runtime.getRuntime().availableProcessors() < 2 ? Optional.empty() : Tool.lookUp("taskset");

    /** Returns whether anything is pinned. */
    public boolean pinned() {
        return taskset.isPresent();
    }

    /** Pins this process with all its threads. */
    public void pinSelf(int core) throws IOException {
        if (taskset.isPresent()) {
            Tool.output(List.of(
                    taskset.get(),
                    "-a",
                    "-p",
                    "-c",
                    Integer.toString(core),
                    Long.toString(ProcessHandle.current().pid())));
        }
    }

    /** Returns a command that runs another one on one core, 0 or 1. */
    public List<String> pin(int core, List<String> command) {
        List<String> pinned = new ArrayList<>();
        taskset.ifPresent(path -> pinned.addAll(List.of(path, "-c", Integer.toString(core))));
        pinned.addAll(command);
        return pinned;
    }
}

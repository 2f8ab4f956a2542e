package io.cobrowse.bench.peers;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which core runs what: the proxy alone on core 0, client and origin on core 1; where the machine has two. */
final class Cores {
    private static final String PROXY = "0";
    private static final String REST = "1";

    private final Optional<String> taskset =
            Runtime.getRuntime().availableProcessors() < 2 ? Optional.empty() : Tool.lookUp("taskset");

    /** Returns whether anything is pinned. */
    boolean pinned() {
        return taskset.isPresent();
    }

    /** Pins this process, the client, with all its threads. */
    void pinSelf() throws IOException {
        if (taskset.isPresent()) {
            Tool.output(List.of(
                    taskset.get(),
                    "-a",
                    "-p",
                    "-c",
                    REST,
                    Long.toString(ProcessHandle.current().pid())));
        }
    }

    List<String> proxy(List<String> command) {
        return pin(PROXY, command);
    }

    List<String> origin(List<String> command) {
        return pin(REST, command);
    }

    private List<String> pin(String core, List<String> command) {
        List<String> pinned = new ArrayList<>();
        taskset.ifPresent(path -> pinned.addAll(List.of(path, "-c", core)));
        pinned.addAll(command);
        return pinned;
    }
}

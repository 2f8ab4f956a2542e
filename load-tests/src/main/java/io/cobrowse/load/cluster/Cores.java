package io.cobrowse.load.cluster;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which processors a process may use, by {@code taskset} of util-linux. Immutable. */
public final class Cores {
    private Cores() {}

    /** Returns the command, confined to processors such as {@code 0} or {@code 1-3}; as it is where that is empty. */
    static List<String> confine(String processors, List<String> command) {
        if (processors.isEmpty()) {
            return command;
        }
        List<String> confined = new ArrayList<>(List.of("taskset", "--cpu-list", processors));
        confined.addAll(command);
        return confined;
    }

    /**
     * Confines this JVM, all threads that it has.
     *
     * @throws IOException if there is no {@code taskset}, or no such processor
     */
    public static void confineSelf(String processors) throws IOException, InterruptedException {
        confine(ProcessHandle.current().pid(), processors);
    }

    /**
     * Confines a running process, all threads that it has.
     *
     * @throws IOException if there is no {@code taskset}, no such process, or no such processor
     */
    static void confine(long pid, String processors) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        "taskset", "--all-tasks", "--cpu-list", "--pid", processors, Long.toString(pid))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("taskset cannot confine process " + pid + " to processors " + processors);
        }
    }
}

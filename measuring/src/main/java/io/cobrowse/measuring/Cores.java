package io.cobrowse.measuring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Which processors a process may use, by {@code taskset} of util-linux. Processors are {@code 0} or {@code 1-3}. */
public final class Cores {
    private static final String TASKSET = "taskset";
    /** Found out once: a JVM that has confined itself to one processor sees no other. */
    private static final boolean CAN_CONFINE = Runtime.getRuntime().availableProcessors() > 1
            && Tool.lookUp(TASKSET).isPresent();

    private Cores() {}

    /** Returns whether there are two processors or more, and {@code taskset} to choose among them. */
    public static boolean canConfine() {
        return CAN_CONFINE;
    }

    /** Returns the command, confined to processors; as it is where that is empty. */
    public static List<String> confine(String processors, List<String> command) {
        if (processors.isEmpty()) {
            return command;
        }
        List<String> confined = new ArrayList<>(List.of(TASKSET, "--cpu-list", processors));
        confined.addAll(command);
        return confined;
    }

    /**
     * Confines this JVM, all threads that it has.
     *
     * @throws IOException if there is no {@code taskset}, or no such processor
     */
    public static void confineSelf(String processors) throws IOException {
        confine(ProcessHandle.current().pid(), processors);
    }

    /**
     * Confines a running process, all threads that it has.
     *
     * @throws IOException if there is no {@code taskset}, no such process, or no such processor
     */
    public static void confine(long pid, String processors) throws IOException {
        Tool.output(List.of(TASKSET, "--all-tasks", "--cpu-list", "--pid", processors, Long.toString(pid)));
    }
}

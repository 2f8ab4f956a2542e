package io.cobrowse.measuring;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets which processors a process may use, with {@code taskset} of util-linux. Processors are given as {@code 0} or
 * {@code 1-3}.
 */
public final class Cores {
    private static final String TASKSET = "taskset";
    /** Found out once: a JVM that has confined itself to one processor sees no other. */
    private static final boolean CAN_CONFINE = Runtime.getRuntime().availableProcessors() > 1
            && Tool.lookUp(TASKSET).isPresent();

    private Cores() {}

    /** Returns whether there are two or more processors, and {@code taskset} is installed to choose among them. */
    public static boolean canConfine() {
        return CAN_CONFINE;
    }

    /** Returns the command, confined to processors; unchanged if none are given. */
    public static List<String> confine(String processors, List<String> command) {
        if (processors.isEmpty()) {
            return command;
        }
        List<String> confined = new ArrayList<>(List.of(TASKSET, "--cpu-list", processors));
        confined.addAll(command);
        return confined;
    }

    /**
     * Confines all threads of this JVM.
     *
     * @throws IOException if there is no {@code taskset}, or no such processor
     */
    public static void confineSelf(String processors) throws IOException {
        confine(ProcessHandle.current().pid(), processors);
    }

    /**
     * Confines all threads of a running process.
     *
     * @throws IOException if there is no {@code taskset}, no such process, or no such processor
     */
    public static void confine(long pid, String processors) throws IOException {
        Tool.output(List.of(TASKSET, "--all-tasks", "--cpu-list", "--pid", processors, Long.toString(pid)));
    }
}

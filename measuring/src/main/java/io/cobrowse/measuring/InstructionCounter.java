package io.cobrowse.measuring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/**
 * Counts the instructions of a process with {@code perf stat}, if the machine allows it; most virtual machines do
 * not.
 */
public final class InstructionCounter implements AutoCloseable {
    private static final List<String> STAT = List.of("perf", "stat", "-x", ",", "-e", "instructions");

    private final Process perf;

    private InstructionCounter(Process perf) {
        this.perf = perf;
    }

    /** Returns whether instructions can be counted here. */
    public static boolean works() {
        try {
            List<String> command = new ArrayList<>(STAT);
            command.add("true");
            return parse(Tool.output(command)).isPresent();
        } catch (IOException noPerf) {
            return false;
        }
    }

    /** Starts counting. */
    public static InstructionCounter start(long pid) throws IOException {
        List<String> command = new ArrayList<>(STAT);
        command.addAll(List.of("-p", Long.toString(pid)));
        return new InstructionCounter(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Stops counting and returns the count. */
    public OptionalLong stop() throws IOException {
        // SIGINT lets perf say what it has counted, which SIGTERM does not.
        Tool.output(List.of("kill", "-INT", Long.toString(perf.pid())));
        return parse(new String(perf.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    /** Returns the count in perf's output; nothing if perf cannot count. */
    static OptionalLong parse(String output) {
        return output.lines()
                .map(line -> line.split(",", -1))
                .filter(fields ->
                        fields.length > 2 && fields[2].startsWith("instructions") && fields[0].matches("\\d+"))
                .mapToLong(fields -> Long.parseLong(fields[0]))
                .findFirst();
    }

    @Override
    public void close() throws IOException {
        perf.destroy();
        try {
            perf.waitFor(1, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.cobrowse.node.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The time for which the host of a virtual machine gave its processors to others while there was something to do (proc(5)). */
final class StolenTime {
    private static final Path STAT = Path.of("/proc/stat");
    private static final int STEAL = 8;
    private static final int MILLIS_A_TICK = 10;

    private StolenTime() {}

    /** Returns the time since the start of the machine, summed up over its processors; zero where that is not known. */
    static Duration sinceStart() throws IOException {
        if (!Files.isReadable(STAT)) {
            return Duration.ZERO;
        }
        String[] all = Files.readAllLines(STAT).get(0).split(" +");
        return Duration.ofMillis(MILLIS_A_TICK * Long.parseLong(all[STEAL]));
    }

    /** Returns whether that much within a time is enough to explain a late answer: a twentieth of the processors. */
    static boolean isMuch(Duration stolen, Duration time) {
        return 20 * stolen.toMillis() > Runtime.getRuntime().availableProcessors() * time.toMillis();
    }
}

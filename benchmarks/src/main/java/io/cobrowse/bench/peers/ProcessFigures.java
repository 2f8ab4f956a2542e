package io.cobrowse.bench.peers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What the kernel says a process and its descendants have used, all threads included: {@code /proc/PID/stat} and
 * {@code /proc/PID/status} of proc(5).
 */
final class ProcessFigures {
    private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on every Linux.
    private static final int USER_TIME = 11; // Counted from behind the command's name.
    private static final int SYSTEM_TIME = 12;

    private final ProcessHandle process;

    ProcessFigures(ProcessHandle process) {
        this.process = process;
    }

    /** Returns the CPU time so far, user and system. */
    Duration cpu() throws IOException {
        long ticks = 0;
        for (long pid : pids()) {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        }
        return Duration.ofNanos(ticks * TICK_NANOS);
    }

    /** Returns the resident memory in bytes. */
    long residentBytes() throws IOException {
        long kibibytes = 0;
        for (long pid : pids()) {
            try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
                kibibytes += lines.filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .sum();
            }
        }
        return kibibytes * 1024;
    }

    private long[] pids() {
        return LongStream.concat(
                        LongStream.of(process.pid()), process.descendants().mapToLong(ProcessHandle::pid))
                .toArray();
    }
}

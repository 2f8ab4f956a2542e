package io.cobrowse.measuring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What a process and its descendants have used according to the kernel, all threads included: {@code /proc/PID/stat}
 * and {@code /proc/PID/status} of proc(5). Immutable.
 */
public final class ProcessFigures {
    private static final long TICK_NANOS = 10_000_000; // USER_HZ is 100 on every Linux.
    private static final int USER_TIME = 11; // Counted from behind the command's name.
    private static final int SYSTEM_TIME = 12;

    private final ProcessHandle process;

    ProcessFigures(ProcessHandle process) {
        this.process = process;
    }

    /** Returns the figures of this JVM. */
    public static ProcessFigures ofThisProcess() {
        return new ProcessFigures(ProcessHandle.current());
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Returns the CPU time so far, user and system.
     *
     * @throws IOException if the process has ended, or this is not Linux
     */
    public Duration cpu() throws IOException {
        long ticks = 0;
        for (long pid : pids()) {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]);
        }
        return Duration.ofNanos(ticks * TICK_NANOS);
    }

    /**
     * Returns the resident memory in bytes.
     *
     * @throws IOException if the process has ended, or this is not Linux
     */
    public long residentBytes() throws IOException {
        long kibibytes = 0;
        for (long pid : pids()) {
            kibibytes += sum(Path.of("/proc", Long.toString(pid), "status"), "VmRSS:");
        }
        return kibibytes * 1024;
    }

    /**
     * Returns how often a processor has switched from one of the threads to another thread so far, because the thread
     * waited or its time was up. Threads that have ended since are not included.
     *
     * @throws IOException if the process has ended, or this is not Linux
     */
    public long threadSwitches() throws IOException {
        return sumOfThreads(
                thread -> sum(thread.resolve("status"), "voluntary_ctxt_switches:", "nonvoluntary_ctxt_switches:"));
    }

    /**
     * Returns the CPU time that a JVM's compilers have used so far; zero if this is no JVM. Compiler threads that have
     * ended since are not included.
     *
     * @throws IOException if the process has ended, or this is not Linux
     */
    public Duration compilerCpu() throws IOException {
        return Duration.ofNanos(sumOfThreads(ProcessFigures::compilerNanos));
    }

    private static long compilerNanos(Path thread) throws IOException {
        String name = Files.readString(thread.resolve("comm"));
        if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
            return 0;
        }
        return Long.parseLong(Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
    }

    private interface OfThread {
        long read(Path thread) throws IOException;
    }

    private long sumOfThreads(OfThread figure) throws IOException {
        long sum = 0;
        for (long pid : pids()) {
            List<Path> threads;
            try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
                threads = tasks.toList();
            }
            for (Path thread : threads) {
                try {
                    sum += figure.read(thread);
                } catch (NoSuchFileException ended) {
                    // Between the listing and the look.
                }
            }
        }
        return sum;
    }

    private static long sum(Path status, String... names) throws IOException {
        List<String> wanted = List.of(names);
        return Files.readAllLines(status).stream()
                .filter(line -> wanted.stream().anyMatch(line::startsWith))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    private long[] pids() {
        return LongStream.concat(
                        LongStream.of(process.pid()), process.descendants().mapToLong(ProcessHandle::pid))
                .toArray();
    }
}

package io.cobrowse.load.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What the kernel says that a process has used, all threads included: {@code /proc/PID/stat} and {@code /proc/PID/status} of
 * proc(5); and what lives on a JVM's heap, by the JDK's {@code jcmd}.
 */
public final class ProcessFigures {
    private static final double TICKS_PER_SECOND = 100; // USER_HZ is 100 on every Linux.
    private static final int USER_TIME = 11; // Counted from behind the command's name.
    private static final int SYSTEM_TIME = 12;

    private final long pid;

    ProcessFigures(long pid) {
        this.pid = pid;
    }

    /** Returns those of this JVM. */
    public static ProcessFigures ofThisProcess() {
        return new ProcessFigures(ProcessHandle.current().pid());
    }

    public long pid() {
        return pid;
    }

    /**
     * Returns the CPU time so far, user and system, in seconds.
     *
     * @throws IOException if the process has gone, or this is no Linux
     */
    public double cpuSeconds() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME])) / TICKS_PER_SECOND;
    }

    /**
     * Returns the resident memory in bytes.
     *
     * @throws IOException if the process has gone, or this is no Linux
     */
    public long residentBytes() throws IOException {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return 1024
                    * lines.filter(line -> line.startsWith("VmRSS:"))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .sum();
        }
    }

    /**
     * Returns the bytes of all reachable objects, after a full garbage collection.
     *
     * @throws IOException if the process is no JVM, or the Java that runs this has no {@code jcmd}
     */
    public long liveBytes() throws IOException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        Process process = new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int total = output.lastIndexOf("Total");
        if (total < 0) {
            throw new IOException("jcmd says: " + output.trim());
        }
        return Long.parseLong(output.substring(total).trim().split("\\s+", -1)[2]);
    }
}

package io.cobrowse.measuring;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Where figures were measured, and of which commit: without this they mean nothing.
 *
 * @param commit the commit that was measured, with {@code +changes} where files differ from it
 * @param loadBefore the load average of the last minute, before the run
 * @param command the command that reproduces the figures
 */
public record Environment(
        String time,
        String cpu,
        int cores,
        long memoryMebibytes,
        String os,
        String jdk,
        String commit,
        String loadBefore,
        String command) {
    private static final String UNKNOWN = "unknown";
    private static final double BUSY = 0.125;

    /** Returns the environment on this machine. */
    public static Environment here(String command) {
        return new Environment(
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                field(Path.of("/proc/cpuinfo"), "model name"),
                Runtime.getRuntime().availableProcessors(),
                totalMemory(),
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                gitCommit(),
                loadAverage(),
                command);
    }

    /** Returns the same environment with another commit than that of the project's directory. */
    public Environment of(String otherCommit) {
        return new Environment(time, cpu, cores, memoryMebibytes, os, jdk, otherCommit, loadBefore, command);
    }

    /** Returns whether other processes used more than an eighth of the machine in the minute before. */
    public boolean busy() {
        return !loadBefore.equals(UNKNOWN) && Double.parseDouble(loadBefore) > BUSY * cores;
    }

    /** Returns the load average over the last minute. */
    public static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0];
        } catch (IOException noLinux) {
            return UNKNOWN;
        }
    }

    private static long totalMemory() {
        String total = field(Path.of("/proc/meminfo"), "MemTotal").replaceAll("\\D", "");
        return total.isEmpty() ? 0 : Long.parseLong(total) / 1024;
    }

    private static String field(Path file, String name) {
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .findFirst()
                    .orElse(UNKNOWN);
        } catch (IOException noLinux) {
            return UNKNOWN;
        }
    }

    private static String gitCommit() {
        String commit = git("rev-parse", "--short=12", "HEAD");
        return commit.isEmpty() ? UNKNOWN : git("status", "--porcelain").isEmpty() ? commit : commit + "+changes";
    }

    /** Returns git's answer for the project's directory; nothing if it fails. */
    private static String git(String... arguments) {
        String home = System.getProperty("cobrowse.home", ".");
        String[] command = Stream.concat(Stream.of("git", "-C", home), Stream.of(arguments))
                .toArray(String[]::new);
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : "";
        } catch (IOException noGit) {
            return "";
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "";
        }
    }
}

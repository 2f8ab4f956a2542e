package io.cobrowse.measuring;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Runs programs of the system for their output. */
public final class Tool {
    private Tool() {}

    /**
     * Returns the path of a program, found in {@code PATH} or in the directories for servers.
     *
     * @throws NotInstalledException if there is none
     */
    public static String find(String program) throws NotInstalledException {
        return lookUp(program).orElseThrow(() -> new NotInstalledException("not installed"));
    }

    public static Optional<String> lookUp(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /** Returns what a program writes to standard output and standard error, without surrounding blanks. */
    public static String output(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            int status = process.waitFor();
            if (status != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + status + ": " + output);
            }
            return output;
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("Interrupted");
        }
    }

    /** Returns the name of the system's distribution from {@code /etc/os-release}. */
    public static String distribution() {
        try (Stream<String> lines = Files.lines(Path.of("/etc/os-release"))) {
            return lines.filter(line -> line.startsWith("PRETTY_NAME="))
                    .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                    .findFirst()
                    .orElse("the distribution");
        } catch (IOException noSuchFile) {
            return "the distribution";
        }
    }

    /** Returns the first group of a pattern in a program's output. */
    public static String version(List<String> command, String pattern) throws IOException {
        String output = output(command);
        Matcher matcher = Pattern.compile(pattern).matcher(output);
        if (!matcher.find()) {
            throw new IOException("No version in what " + command.get(0) + " says: " + output);
        }
        return matcher.group(1);
    }
}

package io.cobrowse.bench.gate;

import io.cobrowse.bench.fork.GateFork;
import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Jmh;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipException;

/** Any JMH uber-jar, with its benchmarks and the way in which a fork of the gate runs them. Immutable. */
public record BenchmarkJar(Path file, List<Case> cases) {
    private static final String LIST = "META-INF/BenchmarkList";

    public BenchmarkJar {
        cases = List.copyOf(cases);
    }

    /**
     * Reads a jar.
     *
     * @throws IOException when it is not a JMH uber-jar; the message says what is missing
     */
    public static BenchmarkJar read(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            JarEntry list = jar.getJarEntry(LIST);
            if (list == null) {
                throw new IOException(file + " is no JMH jar: there is no " + LIST + " in it");
            }
            if (jar.getJarEntry("org/openjdk/jmh/runner/Runner.class") == null) {
                throw new IOException(file + " is no JMH uber-jar: JMH itself is not in it");
            }
            String text = new String(jar.getInputStream(list).readAllBytes(), StandardCharsets.UTF_8);
            return new BenchmarkJar(file, Jmh.cases(text));
        } catch (ZipException broken) {
            throw new IOException(file + " is no jar: " + broken.getMessage(), broken);
        }
    }

    /**
     * Writes the files that precede a jar on a fork's class path: the package of {@link GateFork}, and JMH's list of
     * its calibrations.
     */
    static void writeFork(Path directory) throws IOException {
        try {
            URI location = GateFork.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            Path code = Path.of(location);
            if (Files.isDirectory(code)) {
                copyFork(code, directory);
            } else {
                try (FileSystem jar = FileSystems.newFileSystem(code, Map.of())) {
                    copyFork(jar.getPath("/"), directory);
                }
            }
        } catch (URISyntaxException impossible) {
            throw new IOException(impossible);
        }
    }

    private static void copyFork(Path code, Path directory) throws IOException {
        String folder = GateFork.class.getPackageName().replace('.', '/');
        List<Path> files;
        try (Stream<Path> below = Files.walk(code.resolve(folder))) {
            files = below.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Path copy = directory.resolve(code.relativize(file).toString());
            Files.createDirectories(copy.getParent());
            Files.copy(file, copy);
        }
        Path list = directory.resolve(LIST);
        Files.createDirectories(list.getParent());
        Files.write(
                list,
                Files.readAllLines(code.resolve(LIST)).stream()
                        .filter(line -> line.contains(GateFork.class.getPackageName() + "."))
                        .toList());
    }
}

package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.measuring.Environment;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.jar.JarFile;
import java.util.jar.Manifest;

/**
 * The measured code. Immutable.
 *
 * @param file the jar, or the results
 * @param commit the commit that it was built from, according to its manifest; a checksum of its bytes if the manifest
 *     does not say
 */
public record Build(String file, String commit) {
    private static final String UNKNOWN = "unknown commit";

    /** Returns the build of a jar, from its manifest. */
    public static Build ofJar(Path jar) throws IOException {
        String file = jar.toAbsolutePath().normalize().toString();
        try (JarFile opened = new JarFile(jar.toFile())) {
            Manifest manifest = opened.getManifest();
            String commit =
                    manifest == null ? null : manifest.getMainAttributes().getValue("Build-Commit");
            return new Build(file, commit == null || commit.isBlank() || commit.startsWith("${") ? sum(jar) : commit);
        }
    }

    /** Returns the build of results, from the environment that was written beside them. */
    public static Build ofResults(Path results) {
        String file = results.toAbsolutePath().normalize().toString();
        String name = String.valueOf(results.getFileName()).replaceFirst("\\.json$", "");
        for (String beside : new String[] {name + "-environment.json", "environment.json"}) {
            Path environment = results.resolveSibling(beside);
            if (Files.isRegularFile(environment)) {
                try {
                    return new Build(
                            file,
                            new ObjectMapper()
                                    .readTree(environment.toFile())
                                    .path("commit")
                                    .asText(UNKNOWN));
                } catch (IOException unreadable) {
                    return new Build(file, UNKNOWN);
                }
            }
        }
        return new Build(file, UNKNOWN);
    }

    /** Returns the environment of this measurement. */
    public Environment environment(String command) {
        return Environment.here(command).of(commit);
    }

    private static String sum(Path jar) throws IOException {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(jar));
            return String.format("SHA-256 %064x", new BigInteger(1, digest)).substring(0, 20);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}

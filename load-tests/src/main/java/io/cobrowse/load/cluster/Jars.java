package io.cobrowse.load.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The runnable jars of the project's other parts, which the launcher builds where they are missing.
 *
 * @param javaOptions of each process
 */
public record Jars(Path proxy, Path node, String javaOptions) {
    /**
     * Returns those that the launcher names.
     *
     * @throws IllegalStateException if one is missing
     */
    public static Jars fromLauncher() {
        return new Jars(
                jar("cobrowse.proxy.jar"),
                jar("cobrowse.node.jar"),
                System.getProperty("cobrowse.server.options", "-Xmx512m"));
    }

    private static Path jar(String property) {
        Path jar = Path.of(System.getProperty(property, property));
        if (!Files.isRegularFile(jar)) {
            throw new IllegalStateException(
                    "There is no " + jar + ": start with bin/cobrowse-load, or name a --target");
        }
        return jar.toAbsolutePath().normalize();
    }
}

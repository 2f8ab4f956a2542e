package io.cobrowse.load.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The runnable jars of the project's other parts, which the launcher builds where they are missing, and the options of Java that
 * they are run with.
 */
public record Jars(Path proxy, Path node, String proxyOptions, String nodeOptions) {
    private static final String OPTIONS = "-Xmx512m";
    /**
     * On one processor the JVM would take its serial collector and stop a node of a thousand sessions for a third of a second
     * whenever its heap is full; that would be measured, and not the node.
     */
    private static final String CONCURRENT = "-XX:+UseZGC -XX:MaxRAMPercentage=15";

    /**
     * Returns those that the launcher names.
     *
     * @throws IllegalStateException if one is missing
     */
    public static Jars fromLauncher() {
        return new Jars(jar("cobrowse.proxy.jar"), jar("cobrowse.node.jar"), OPTIONS, OPTIONS);
    }

    /** Returns these with nodes whose collector does not stop them, and with room for thousands of sessions. */
    public Jars withConcurrentNodes() {
        return new Jars(proxy, node, proxyOptions, CONCURRENT);
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

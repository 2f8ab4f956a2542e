package io.cobrowse.load.cluster;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The runnable jars of the project's other parts, which the launcher builds if they are missing, and the Java options
 * that they run with. Immutable.
 */
public record Jars(Path proxy, Path node, String proxyOptions, String nodeOptions) {
    private static final String OPTIONS = "-Xmx512m";
    /**
     * With one processor, the JVM would choose its serial collector, which stops a node with a thousand sessions for a
     * third of a second whenever its heap is full. A run would measure those pauses instead of the node.
     */
    private static final String CONCURRENT = "-XX:+UseZGC -XX:MaxRAMPercentage=15";

    /**
     * Returns the jars that the launcher names.
     *
     * @throws IllegalStateException if one is missing
     */
    public static Jars fromLauncher() {
        return new Jars(jar("cobrowse.proxy.jar"), jar("cobrowse.node.jar"), OPTIONS, OPTIONS);
    }

    /** Returns these jars with nodes whose collector does not stop them, and with memory for thousands of sessions. */
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

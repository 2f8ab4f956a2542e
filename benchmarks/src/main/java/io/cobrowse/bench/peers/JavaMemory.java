package io.cobrowse.bench.peers;

import io.cobrowse.bench.machine.NotInstalledException;
import io.cobrowse.bench.machine.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Asks another JVM for garbage collections and for what lives on its heap, by the JDK's {@code jcmd}. */
final class JavaMemory {
    private final String jcmd;
    private final String pid;

    /** @throws NotInstalledException where the Java that runs this has no {@code jcmd} */
    JavaMemory(long pid) throws NotInstalledException {
        Path path = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(path)) {
            throw new NotInstalledException("no jcmd in " + path.getParent() + ": it takes a JDK");
        }
        this.jcmd = path.toString();
        this.pid = Long.toString(pid);
    }

    void collect() throws IOException {
        Tool.output(List.of(jcmd, pid, "GC.run"));
    }

    /** Returns the bytes of all reachable objects. */
    long liveBytes() throws IOException {
        String histogram = Tool.output(List.of(jcmd, pid, "GC.class_histogram"));
        String[] total = histogram.substring(histogram.lastIndexOf("Total")).split("\\s+", -1);
        return Long.parseLong(total[2]);
    }
}

package io.cobrowse.measuring;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Makes another JVM collect garbage, and reads what is on its heap, with the JDK's {@code jcmd}. Immutable. */
public final class JavaProcess {
    /** The threads that answer. */
    private static final Pattern ASKED = Pattern.compile("^(RMI |JMX |Attach )");

    private final String jcmd;
    private final String pid;

    /** @throws NotInstalledException where the Java that runs this has no {@code jcmd} */
    public JavaProcess(long pid) throws NotInstalledException {
        Path path = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        if (!Files.isExecutable(path)) {
            throw new NotInstalledException("no jcmd in " + path.getParent() + ": it takes a JDK");
        }
        this.jcmd = path.toString();
        this.pid = Long.toString(pid);
    }

    /** Returns the command that runs this JVM's Java. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    public void collect() throws IOException {
        ask("GC.run");
    }

    /**
     * Returns the bytes of all reachable objects, after a full garbage collection.
     *
     * @throws IOException if the process is not a JVM, or has ended
     */
    public long liveBytes() throws IOException {
        String histogram = ask("GC.class_histogram");
        int total = histogram.lastIndexOf("Total");
        if (total < 0) {
            throw new IOException("jcmd says: " + histogram);
        }
        return Long.parseLong(histogram.substring(total).trim().split("\\s+", -1)[2]);
    }

    /**
     * Returns the bytes that the live threads have allocated so far, without those that answer this query.
     *
     * @throws IOException if the process is not a JVM, or refuses the query
     */
    @SuppressWarnings("BanJNDI") // The other JVM is one that was started here.
    public long allocatedBytes() throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(pid);
            String address;
            try {
                address = machine.startLocalManagementAgent();
            } finally {
                machine.detach();
            }
            try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address))) {
                ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                        connector.getMBeanServerConnection(), ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
                long[] ids = Arrays.stream(threads.getThreadInfo(threads.getAllThreadIds()))
                        .filter(thread -> thread != null
                                && !ASKED.matcher(thread.getThreadName()).find())
                        .mapToLong(ThreadInfo::getThreadId)
                        .toArray();
                return Arrays.stream(threads.getThreadAllocatedBytes(ids))
                        .filter(bytes -> bytes > 0)
                        .sum();
            }
        } catch (AttachNotSupportedException failure) {
            throw new IOException(failure);
        }
    }

    private String ask(String question) throws IOException {
        return Tool.output(List.of(jcmd, pid, question));
    }
}

package io.cobrowse.measuring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uses a JVM that serves files, and shells. */
class ServerProcessTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @Test
    void shouldTellWhatAnotherJvmUses() throws Exception {
        Path server = Files.writeString(directory.resolve("Server.java"), """
                import com.sun.net.httpserver.HttpServer;
                import java.net.InetAddress;
                import java.net.InetSocketAddress;
                import java.util.Timer;
                import java.util.TimerTask;

                class Server {
                    public static void main(String[] args) throws Exception {
                        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 1)
                                .start();
                        new Timer().schedule(new TimerTask() {
                            private byte[] kept;

                            @Override
                            public void run() {
                                kept = new byte[1 << 20];
                            }
                        }, 0, 1);
                    }
                }
                """);
        int port = ServerProcess.freePort();
        try (ServerProcess process = new ServerProcess(
                "server", List.of(JavaProcess.java(), server.toString(), Integer.toString(port)), directory)) {
            process.awaitListening(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            ProcessFigures figures = process.figures();
            JavaProcess jvm = new JavaProcess(process.pid());
            assertThat(figures.cpu()).isPositive();
            assertThat(figures.compilerCpu()).isPositive();
            assertThat(figures.residentBytes()).isGreaterThan(1 << 20);
            assertThat(jvm.liveBytes()).isGreaterThan(1 << 20);
            long switches = figures.threadSwitches();
            long allocated = jvm.allocatedBytes();
            await().atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(jvm.allocatedBytes()).isGreaterThan(allocated + (10 << 20)));
            assertThat(figures.threadSwitches()).isGreaterThan(switches + 9);
        }
    }

    @Test
    void shouldShowTheEndOfTheOutputOfOneThatEnds() throws Exception {
        try (ServerProcess process =
                new ServerProcess("broken", List.of("sh", "-c", "echo no such port; exit 3"), directory)) {
            assertThatThrownBy(() -> process.await("serve", () -> false))
                    .isInstanceOf(IOException.class)
                    .hasMessage("broken ended with 3: no such port");
        }
    }

    @Test
    void shouldEndAllThatAProcessHasStarted() throws Exception {
        ServerProcess process =
                new ServerProcess("parent", List.of("sh", "-c", "sleep 600 & echo $!; wait"), directory);
        Path log = directory.resolve("parent.log");
        await().atMost(PATIENCE).until(() -> Files.readString(log).endsWith("\n"));
        long child = Long.parseLong(Files.readString(log).trim());
        process.kill();
        await().atMost(PATIENCE).until(() -> ProcessHandle.of(child).stream().noneMatch(ProcessHandle::isAlive));
        process.close();
        assertThat(process.alive()).isFalse();
    }

    @Test
    void shouldLeaveNothingWhereItsStarterIsBeingStopped() throws Exception {
        ProcessBuilder starter = new ProcessBuilder(
                JavaProcess.java(),
                "-cp",
                System.getProperty("java.class.path"),
                StartsWhenStopped.class.getName(),
                directory.toString());
        Process process = starter.redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(printed.trim()).isEqualTo("late is not started, as this process is told to stop");
    }

    /** Starts a process while its JVM stops, and waits until no process is left. */
    static final class StartsWhenStopped {
        private StartsWhenStopped() {}

        public static void main(String[] args) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try {
                    new ServerProcess("late", List.of("sleep", "600"), Path.of(args[0]));
                } catch (IOException refused) {
                    System.out.println(refused.getMessage());
                }
                ProcessHandle.current().children().forEach(each -> each.onExit().join());
            }));
        }
    }
}

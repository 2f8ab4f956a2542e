package io.cobrowse.node.endtoend;

import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The proxy, and its alternatives, each with the configuration from {@code docs/migration}. */
enum Contender {
    OURS("cobrowse-proxy.yaml", "java"),
    HAPROXY("haproxy.cfg", "haproxy"),
    NGINX("nginx.conf", "nginx"),
    APACHE("apache.conf", "apache2");

    private static final Path CONFIGURATIONS = Path.of("..", "docs", "migration");
    private static final Duration START_LIMIT = Duration.ofSeconds(30);

    private final String configuration;
    private final String program;

    Contender(String configuration, String program) {
        this.configuration = configuration;
        this.program = program;
    }

    /** A running contender. */
    interface Running extends AutoCloseable {
        int port();
    }

    /** Returns why it cannot run; empty if it can. */
    Optional<String> missing() {
        return this == OURS || find().isPresent()
                ? Optional.empty()
                : Optional.of("There is no " + program + ": install Debian's haproxy, nginx and apache2.");
    }

    /** Starts it in front of two nodes on these ports, with its files in a directory. */
    Running start(Path directory, int node1, int node2) throws Exception {
        String text = Files.readString(CONFIGURATIONS.resolve(configuration))
                .replace("10.0.0.11:8700", "127.0.0.1:" + node1)
                .replace("10.0.0.12:8700", "127.0.0.1:" + node2);
        return this == OURS ? startOurs(directory, text) : startProgram(directory, text);
    }

    private Running startOurs(Path directory, String text) throws Exception {
        String here = text.replace("0.0.0.0:8080", "127.0.0.1:0") + "admin: { address: 127.0.0.1:0 }\n";
        Path file = Files.writeString(directory.resolve(configuration), here);
        StickyProxyServer proxy = StickyProxyServer.builder(
                        ConfigReader.read(file, variable -> null).config())
                .build()
                .start();
        return new Running() {
            @Override
            public int port() {
                return proxy.uri("public").getPort();
            }

            @Override
            public void close() {
                proxy.close();
            }
        };
    }

    private Running startProgram(Path directory, String text) throws IOException {
        int port = freePort();
        Path file = Files.writeString(directory.resolve(configuration), inDirectory(text, directory, port));
        List<String> arguments = switch (this) {
            case HAPROXY -> List.of("-db", "-f", file.toString());
            case NGINX -> List.of("-p", directory + "/", "-c", file.toString(), "-e", "stderr");
            case APACHE -> List.of("-D", "FOREGROUND", "-d", directory.toString(), "-f", file.toString());
            case OURS -> throw new IllegalStateException("It is no program.");
        };
        Path log = directory.resolve("log");
        List<String> command = Stream.concat(Stream.of(find().orElseThrow().toString()), arguments.stream())
                .toList();
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        await(this + " listens").atMost(START_LIMIT).until(() -> listens(port, process, log));
        return new Running() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() throws InterruptedException {
                process.destroy();
                if (!process.waitFor(20, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
        };
    }

    /** Changes what it needs to run beside others, and not as a service. */
    private String inDirectory(String text, Path directory, int port) {
        return switch (this) {
            case HAPROXY -> text.replace("bind :8080", "bind 127.0.0.1:" + port).replace("maxconn 8000", "maxconn 100");
            case NGINX ->
                text.replace("listen 8080;", "listen 127.0.0.1:" + port + ";")
                        .replaceFirst("(?m)^user www-data;$", "daemon off; pid nginx.pid;")
                        .replaceFirst("(?m)^http \\{$", """
                                http {
                                    access_log off;
                                    client_body_temp_path temp;
                                    proxy_temp_path temp;
                                    fastcgi_temp_path temp;
                                    scgi_temp_path temp;
                                    uwsgi_temp_path temp;""");
            case APACHE ->
                text.replace("Listen 8080", "Listen 127.0.0.1:" + port)
                        .replace(
                                "/run/apache2/apache2.pid",
                                directory.resolve("pid").toString())
                        .replace("/var/log/apache2/error.log", "/dev/stderr")
                        .replaceFirst("(?m)^ServerName", "DefaultRuntimeDir " + directory + "\nServerName");
            case OURS -> text;
        };
    }

    private static boolean listens(int port, Process process, Path log) throws IOException {
        if (!process.isAlive()) {
            throw new IOException("It ended with " + process.exitValue() + ": " + Files.readString(log));
        }
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private Optional<Path> find() {
        String path = System.getenv("PATH") + ":/usr/sbin:/usr/local/sbin";
        return Stream.of(path.split(":"))
                .map(directory -> Path.of(directory, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0)) {
            return probe.getLocalPort();
        }
    }
}

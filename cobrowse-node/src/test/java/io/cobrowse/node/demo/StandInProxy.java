package io.cobrowse.node.demo;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands in for the proxy: reads its admin port from the configuration, is ready there, and dies at {@code /die}. */
public final class StandInProxy {
    private static final Pattern ADMIN = Pattern.compile("admin:\\s+address: 127\\.0\\.0\\.1:([0-9]+)");

    private StandInProxy() {}

    public static void main(String[] args) throws IOException {
        Matcher admin = ADMIN.matcher(Files.readString(Path.of(args[2])));
        if (!args[0].equals("run") || !args[1].equals("--config") || !admin.find()) {
            throw new IllegalArgumentException(String.join(" ", args));
        }
        int port = Integer.parseInt(admin.group(1));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/readyz", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.createContext("/die", exchange -> {
            System.err.println("dying as told");
            System.exit(7);
        });
        server.start();
    }

    /** Writes a runnable jar with this main class, from the directory of the tests' classes. */
    static Path jar(Path directory, Class<?> main) throws IOException {
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.put(Attributes.Name.MAIN_CLASS, main.getName());
        attributes.put(
                Attributes.Name.CLASS_PATH,
                main.getProtectionDomain().getCodeSource().getLocation().toString());
        Path jar = directory.resolve("proxy.jar");
        new JarOutputStream(Files.newOutputStream(jar), manifest).close();
        return jar;
    }
}

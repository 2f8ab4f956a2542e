package io.cobrowse.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.bench.report.Environment;
import io.cobrowse.bench.report.HtmlReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The side-by-side measurement: our proxy, HAProxy and nginx. */
public final class Peers {
    private Peers() {}

    /** Measures, prints the tables, and writes {@code peers.json} and {@code peers.html}; returns whether our own proxy has figures. */
    public static boolean measure(
            Settings settings,
            List<String> jars,
            List<String> javaOptions,
            Path output,
            String command,
            PrintWriter out,
            PrintWriter progress)
            throws IOException, InterruptedException {
        List<Peer> peers = new ArrayList<>();
        for (String jar : jars) {
            int equals = jar.indexOf('=');
            String name = equals < 0 ? "cobrowse-proxy" : jar.substring(0, equals);
            peers.add(new OwnProxy(name, Path.of(jar.substring(equals + 1)), javaOptions));
        }
        peers.add(new HaProxy());
        peers.add(new Nginx());
        Path directory = Files.createTempDirectory("cobrowse-bench");
        Environment environment = Environment.here(command);
        Figures figures = new PeersRun(settings, peers, directory, progress).run(environment);
        new PeersReport(out).print(figures);
        Files.createDirectories(output);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(output.resolve("peers.json").toFile(), figures);
        HtmlReport.write(output.resolve("peers.html"), "The proxy and its peers", environment, PeersPlots.of(figures));
        return figures.peers().get(0).problem() == null;
    }
}

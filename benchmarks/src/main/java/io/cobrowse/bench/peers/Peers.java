package io.cobrowse.bench.peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.measuring.Environment;
import io.cobrowse.measuring.Interruption;
import io.cobrowse.measuring.report.HtmlReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The side-by-side measurement: the project's own proxy, Jetty's two, Undertow's, HAProxy and nginx. */
public final class Peers {
    private Peers() {}

    /**
     * Measures, prints the tables, and writes {@code peers.json}, {@code peers.md}, {@code peers.html} and a
     * {@code .hlog} with each proxy's latencies in each workload; returns whether the project's own proxy has all its
     * figures.
     */
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
        peers.addAll(JavaPeer.all(javaOptions));
        peers.add(new HaProxy());
        peers.add(new Nginx());
        Path directory = Files.createTempDirectory("cobrowse-bench");
        Environment environment = Environment.here(command);
        Files.createDirectories(output);
        Figures figures;
        try (Interruption interruption = Interruption.watch()) {
            figures = new PeersRun(settings, peers, directory, output, progress).run(environment, interruption);
            write(figures, output, out);
        }
        return !figures.interrupted() && figures.peers().get(0).problems().isEmpty();
    }

    private static void write(Figures figures, Path output, PrintWriter out) throws IOException {
        String tables = PeersReport.markdown(figures);
        out.print(tables);
        out.flush();
        Files.writeString(output.resolve("peers.md"), tables);
        new ObjectMapper()
                .writerWithDefaultPrettyPrinter()
                .writeValue(output.resolve("peers.json").toFile(), figures);
        HtmlReport.write(output.resolve("peers.html"), PeersPlots.content(figures, output));
    }
}

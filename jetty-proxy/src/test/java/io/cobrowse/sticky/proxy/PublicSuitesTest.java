package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cases of public suites with our proxy, HAProxy and nginx, side by side. Differences are listed and explained in
 * {@code docs/security.md}, which is rewritten if the environment contains {@code SUITES_WRITE}.
 */
class PublicSuitesTest {
    private static final Path DOCS = Path.of("..", "docs", "security.md");
    private static final String BEGIN = "<!-- begin of what PublicSuitesTest writes -->\n";
    private static final String END = "<!-- end of what PublicSuitesTest writes -->\n";
    /** The versions whose outcomes are in the document; others may behave differently. */
    private static final String HAPROXY = "2.6.12";

    private static final String NGINX = "1.22.1";

    private static final String SMUGGLED = "smuggled";

    @TempDir
    Path directory;

    private record Row(PublicCase what, String ours, String haproxy, String nginx) {
        boolean differs() {
            Set<String> kinds = new TreeSet<>(List.of(kind(ours), kind(haproxy), kind(nginx)));
            return kinds.size() > 1 || !isDue(what, ours);
        }
    }

    private static String kind(String outcome) {
        return outcome.matches("[123]..|PING") ? "served" : outcome.equals("nothing") ? outcome : "refused";
    }

    /** Returns whether an outcome is what the RFC requires. */
    private static boolean isDue(PublicCase what, String outcome) {
        String due = what.due();
        if (due.equals("either")) {
            return true;
        }
        if (due.equals("refuse")) {
            return kind(outcome).equals("refused");
        }
        if (due.equals("serve") || due.equals("answer")) {
            return outcome.equals("200");
        }
        if (due.equals("incomplete")) {
            return !kind(outcome).equals("served");
        }
        if (due.startsWith("ping")) {
            return outcome.equals("PING")
                    || (due.endsWith("close") && kind(outcome).equals("refused"));
        }
        // Which code of error it is does not matter to a client that has to be refused.
        return outcome.equals("connection ended")
                || (due.startsWith("stream") && kind(outcome).equals("refused"));
    }

    /** Sends all cases to one proxy, several at a time. */
    private static Map<String, String> outcomes(PublicFront front) throws Exception {
        Map<String, String> outcomes = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try (front) {
            List<CompletableFuture<Void>> all = new ArrayList<>();
            for (PublicCase each : PublicCase.http1()) {
                all.add(CompletableFuture.runAsync(
                        () -> outcomes.put(each.name(), front.http1(each.bytes())), threads));
            }
            for (PublicCase each : PublicCase.http2()) {
                boolean ping = each.due().startsWith("ping");
                all.add(CompletableFuture.runAsync(
                        () -> outcomes.put(each.name(), front.http2(each.bytes(), ping)), threads));
            }
            CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(5, TimeUnit.MINUTES);
            outcomes.put(SMUGGLED, Boolean.toString(front.lines().contains("GET /smuggled HTTP/1.1")));
        } finally {
            threads.shutdownNow();
        }
        return outcomes;
    }

    private static List<PublicCase> cases() {
        return Stream.concat(PublicCase.http1().stream(), PublicCase.http2().stream())
                .toList();
    }

    @Test
    void shouldTakeTheCasesAsDueButForWhatIsExplained() throws Exception {
        Map<String, String> ours = outcomes(PublicFront.ours());
        assertThat(ours.get(SMUGGLED)).isEqualTo("false");
        Map<String, String> explanations = explanations();
        assertThat(cases().stream()
                        .filter(each -> !isDue(each, ours.get(each.name())) && !explanations.containsKey(each.name()))
                        .map(each -> each.name() + ": " + ours.get(each.name())))
                .isEmpty();
        String told = Files.readString(DOCS);
        assertThat(cases().stream()
                        .filter(each -> told.contains("| " + each.name() + " | "))
                        .map(each -> "| %s | %s | %s | ".formatted(each.name(), each.due(), ours.get(each.name()))))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(told).contains(row));
    }

    @Test
    void shouldDifferFromPeersOnlyWhereThatIsExplained() throws Exception {
        assumeThat(version("/usr/sbin/haproxy")).contains(HAPROXY);
        assumeThat(version("/usr/sbin/nginx")).contains(NGINX);
        Map<String, String> ours = outcomes(PublicFront.ours());
        Map<String, String> haproxy =
                outcomes(PublicFront.haproxy(Files.createDirectory(directory.resolve("haproxy"))));
        Map<String, String> nginx = outcomes(PublicFront.nginx(Files.createDirectory(directory.resolve("nginx"))));
        List<Row> rows = cases().stream()
                .map(each -> new Row(each, ours.get(each.name()), haproxy.get(each.name()), nginx.get(each.name())))
                .toList();
        String now = section(rows);
        if (System.getenv("SUITES_WRITE") != null) {
            String told = Files.readString(DOCS);
            int begin = told.indexOf(BEGIN) + BEGIN.length();
            Files.writeString(DOCS, told.substring(0, begin) + now + told.substring(told.indexOf(END)));
        }
    }

    private static String version(String command) throws IOException {
        if (!Files.isExecutable(Path.of(command))) {
            return "";
        }
        Process process =
                new ProcessBuilder(command, "-v").redirectErrorStream(true).start();
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String section(List<Row> rows) throws IOException {
        Map<String, String> explanations = explanations();
        StringBuilder text = new StringBuilder("| suite | cases | as due: ours | HAProxy " + HAPROXY + " | nginx "
                + NGINX + " |\n|---|---|---|---|---|\n");
        for (String suite : List.of("Http11Probe", "http-garden", "h2spec")) {
            List<Row> own = rows.stream()
                    .filter(row -> row.what().suite().equals(suite))
                    .toList();
            text.append("| %s | %d | %d | %d | %d |\n"
                    .formatted(
                            suite,
                            own.size(),
                            own.stream()
                                    .filter(row -> isDue(row.what(), row.ours()))
                                    .count(),
                            own.stream()
                                    .filter(row -> isDue(row.what(), row.haproxy()))
                                    .count(),
                            own.stream()
                                    .filter(row -> isDue(row.what(), row.nginx()))
                                    .count()));
        }
        text.append("\n| case | due | ours | HAProxy | nginx | why ours |\n|---|---|---|---|---|---|\n");
        List<String> missing = new ArrayList<>();
        for (Row row : rows) {
            if (row.differs()) {
                String why = explanations.get(row.what().name());
                if (why == null) {
                    missing.add("%s: due %s, ours %s, HAProxy %s, nginx %s"
                            .formatted(row.what().name(), row.what().due(), row.ours(), row.haproxy(), row.nginx()));
                }
                text.append("| %s | %s | %s | %s | %s | %s |\n"
                        .formatted(row.what().name(), row.what().due(), row.ours(), row.haproxy(), row.nginx(), why));
            }
        }
        assertThat(missing).as("what differs and is not explained").isEmpty();
        return text.toString();
    }

    /** The reasons for the outcomes of our proxy, if not all proxies have the same. */
    private static Map<String, String> explanations() throws IOException {
        try (InputStream in = PublicSuitesTest.class.getResourceAsStream("/suites/explanations.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| ", 2))
                    .collect(Collectors.toMap(part -> part[0], part -> part[1]));
        }
    }
}

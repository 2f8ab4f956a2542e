package io.cobrowse.sticky.proxy.observe;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.LogFormat;
import io.cobrowse.sticky.routing.Router;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {
    private static final ObjectMapper JSON = new ObjectMapper()
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Router router = Cluster.of(3);
    private final LongAdder dropped = new LongAdder();

    @TempDir
    Path directory;

    private Path file() {
        return directory.resolve("access.log");
    }

    private AccessLog log(LogFormat format, long maxBytes, int files, boolean secrets, int queue) {
        return new AccessLog(
                new ProxyConfig.AccessLog(file().toString(), format, maxBytes, files, secrets), dropped, queue);
    }

    private AccessLog json() {
        return log(LogFormat.JSON, 100 << 20, 2, false, 16 * 1024);
    }

    @Test
    void shouldWriteTheKeysOfTheContractInTheirOrder() throws Exception {
        try (AccessLog log = json()) {
            log.start();
            log.add(
                    new FakeOutcome(Cluster.byCookie(router, 2), "/cobrowse/rest/live/sessions/845800826?a=b"),
                    router.table().node("2"));
        }
        assertThat(Files.readString(file())).isEqualTo("""
                {"time":"2023-11-14T22:13:20.128Z","client":"127.0.0.1","listener":"public","protocol":"HTTP/1.1",\
                "method":"GET","target":"/cobrowse/rest/live/sessions/***?a=b","host":"proxy","status":200,"node":"2",\
                "by":"cookie","conflict":false,"sticky":"kept","end":"ok","retries":1,"queueMs":null,"connectMs":1.000,\
                "firstByteMs":3.500,"totalMs":5.000,"requestBytes":10,"responseBytes":20,"setsNode":"2"}
                """);
    }

    @Test
    void shouldWriteTextForReading() throws Exception {
        try (AccessLog log = log(LogFormat.TEXT, 100 << 20, 2, true, 64)) {
            log.start();
            log.add(new FakeOutcome(null, "/s/845800826"), null);
        }
        assertThat(Files.readString(file())).isEqualTo("""
                2023-11-14T22:13:20.128Z client="127.0.0.1" listener="public" protocol="HTTP/1.1" method="GET" \
                target="/s/845800826" host="proxy" status=200 node=null by=null conflict=false sticky=null end="ok" retries=1 \
                queueMs=null connectMs=1.000 firstByteMs=3.500 totalMs=5.000 requestBytes=10 responseBytes=20 setsNode=null
                """);
    }

    @Test
    void shouldWriteTenThousandHostileLinesAsOneObjectEach() throws Exception {
        Random random = new Random(17);
        List<String> targets = new ArrayList<>();
        try (AccessLog log = json()) {
            log.start();
            for (int i = 0; i < 10_000; i++) {
                String target = "/?" + hostile(random);
                targets.add(target);
                HttpFields fields =
                        HttpFields.build().put("Host", hostile(random) + "x").asImmutable();
                log.add(new FakeOutcome(Cluster.byUrl(router, 1), target, fields), null);
            }
        }
        byte[] bytes = Files.readAllBytes(file());
        for (byte each : bytes) {
            assertThat(each == '\n' || (each >= ' ' && each < 0x7F)).isTrue();
        }
        List<String> lines =
                new String(bytes, StandardCharsets.US_ASCII).lines().toList();
        assertThat(lines).hasSize(10_000);
        for (int i = 0; i < lines.size(); i++) {
            JsonNode line = JSON.readTree(lines.get(i));
            assertThat(line.size()).isEqualTo(21);
            assertThat(line.get("status").asInt()).isEqualTo(200);
            assertThat(line.get("target").asText()).isEqualTo(Masking.target(targets.get(i)));
        }
    }

    /** Quotes, line ends, control characters, halves of surrogate pairs, and text like the end of an object. */
    private static String hostile(Random random) {
        String[] pieces = {
            "\"",
            "\\",
            "\n",
            "\r",
            "\t",
            "\0",
            "\u001b[2J",
            "\u007f",
            "\u0085",
            "\u2028",
            "\ud800",
            "\udc00",
            "\ud83d\ude00",
            "\"}",
            "{\"status\":500}",
            "%0a",
            "\\u000a",
            "a",
            "&",
            "=",
            "\u00ff",
            "\ufffd",
            ";",
            "/users/"
        };
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(30); i >= 0; i--) {
            text.append(
                    random.nextInt(3) == 0 ? (char) random.nextInt(0x10000) : pieces[random.nextInt(pieces.length)]);
        }
        return text.toString().replace('?', 'q');
    }

    @Test
    void shouldBeginAnotherFileAtTheSizeAndKeepSoMany() throws Exception {
        Files.writeString(file(), "older\n");
        int lines = 0;
        AccessLog log = log(LogFormat.JSON, 64 << 10, 3, false, 1 << 16);
        try (log) {
            log.start();
            for (; lines < 2000; lines++) {
                log.add(new FakeOutcome(Cluster.byUrl(router, 1), "/" + "x".repeat(100)), null);
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder("access.log", "access.log.1", "access.log.2");
        }
        assertThat(Files.size(directory.resolve("access.log.1"))).isBetween(1L, 66L << 10);
        assertThat(Files.readAllLines(directory.resolve("access.log.1"))).allSatisfy(line -> JSON.readTree(line));
        assertThat(dropped.sum()).isZero();
    }

    @Test
    void shouldDropAndCountWhatTheQueueCannotHold() throws Exception {
        AccessLog log = log(LogFormat.JSON, 100 << 20, 1, false, 64);
        for (int i = 0; i < 100; i++) {
            log.add(new FakeOutcome(Cluster.byUrl(router, 1), "/"), null);
        }
        assertThat(dropped.sum()).isEqualTo(36);
        log.start();
        log.close();
        assertThat(Files.readAllLines(file())).hasSize(64);
    }

    @Test
    void shouldCountWhatCannotBeWritten() throws Exception {
        Files.createDirectory(file());
        AccessLog log = json();
        log.start();
        log.add(new FakeOutcome(Cluster.byUrl(router, 1), "/"), null);
        log.close();
        assertThat(dropped.sum()).isEqualTo(1);
    }
}

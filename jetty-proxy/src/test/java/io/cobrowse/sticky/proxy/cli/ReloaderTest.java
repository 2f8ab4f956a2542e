package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.cluster.NodeStates;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ReloaderTest {
    private static final String NODE = "{id: %1$d, url: 'http://127.0.0.1:%1$d'}";
    private static final String FILE = """
            listeners: [{name: public, address: "127.0.0.1:0"}]
            admin: {address: "127.0.0.1:0"}
            nodes: [%s]
            """;

    @TempDir
    private Path directory;

    private Path write(int nodes) throws IOException {
        StringBuilder list = new StringBuilder();
        for (int node = 1; node <= nodes; node++) {
            list.append(node == 1 ? "" : ", ").append(NODE.formatted(node));
        }
        return Files.writeString(directory.resolve("proxy.yaml"), FILE.formatted(list));
    }

    private static StickyProxyServer start(Path file) throws Exception {
        return StickyProxyServer.builder(ConfigReader.read(file, System::getenv).config())
                .build()
                .start();
    }

    @Test
    void shouldNoticeAChangeThatComesWhileTheProxyStarts() throws Exception {
        Path file = write(1);
        ByteBuffer digest = Reloader.digest(file);
        try (StickyProxyServer server = start(file)) {
            write(2);
            try (Reloader unused = new Reloader(file, digest, server)) {
                await().untilAsserted(() ->
                        assertThat(server.router().table().nodes()).hasSize(2));
            }
        }
    }

    @Test
    void shouldNoticeAChangeThatComesWhileAnEarlierOneIsTaken() throws Exception {
        Path file = write(1);
        Logger states = (Logger) LoggerFactory.getLogger(NodeStates.class);
        AppenderBase<ILoggingEvent> meanwhile = new AppenderBase<>() {
            @Override
            protected void append(ILoggingEvent event) {
                if (event.getFormattedMessage().equals("node 2 at http://127.0.0.1:2 added")) {
                    try {
                        write(3);
                    } catch (IOException failure) {
                        throw new UncheckedIOException(failure);
                    }
                }
            }
        };
        meanwhile.start();
        states.setLevel(Level.INFO);
        states.addAppender(meanwhile);
        try (StickyProxyServer server = start(file);
                Reloader reloader = new Reloader(file, Reloader.digest(file), server)) {
            write(2);
            reloader.reload();
            await().untilAsserted(
                            () -> assertThat(server.router().table().nodes()).hasSize(3));
        } finally {
            states.detachAppender(meanwhile);
            states.setLevel(null);
        }
    }
}

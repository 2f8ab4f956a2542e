package io.cobrowse.sticky.proxy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Admin;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command against a running proxy. */
class NodeStatesEndToEndTest {
    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private StickyProxyServer proxy;

    @BeforeEach
    void start() throws Exception {
        proxy = StickyProxyServer.builder()
                .listen("127.0.0.1", 0)
                .admin(new Admin(new Address("127.0.0.1", 0), "s3cret"))
                .node("1", "node-1", "http://127.0.0.1:1")
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        proxy.close();
    }

    private int nodes(String... arguments) throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "s3cret\n");
        String[] all = new String[arguments.length + 5];
        System.arraycopy(arguments, 0, all, 5, arguments.length);
        all[0] = "nodes";
        all[1] = "--admin";
        all[2] = proxy.adminUri().toString();
        all[3] = "--token-file";
        all[4] = token.toString();
        return Main.commandLine()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }

    @Test
    void shouldSetAndListStates() throws Exception {
        for (String state : new String[] {"drain", "maint", "ready"}) {
            assertThat(nodes(state, "1")).isZero();
            assertThat(out.toString()).endsWith("node 1: " + state + System.lineSeparator());
            assertThat(proxy.states()
                            .status(proxy.router().table().nodes().get(0))
                            .admin()
                            .text())
                    .isEqualTo(state);
        }
        assertThat(nodes("maint", "1")).isZero();
        assertThat(nodes("list")).isZero();
        assertThat(out.toString()).containsPattern("1 +node-1 +maint");
    }

    @Test
    void shouldTellThatThereIsNoSuchNode() throws Exception {
        assertThat(nodes("drain", "2")).isEqualTo(1);
        assertThat(err.toString()).contains("has no node 2: There is no node with this id. (404)");
    }
}

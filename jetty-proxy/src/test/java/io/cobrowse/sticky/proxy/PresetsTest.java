package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.Limits;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keeps docs/presets true: each preset can be pasted into a configuration, and hides and shows what it says. */
class PresetsTest {
    private static final Path PRESETS = Path.of("..", "docs", "presets");

    @TempDir
    Path directory;

    private ProxyConfig read(String preset, String nodeUrl) throws Exception {
        String yaml = Files.readString(PRESETS.resolve(preset)) + "\nnodes: [{ id: 1, url: '" + nodeUrl + "' }]\n";
        ConfigReader.Result result =
                ConfigReader.read(Files.writeString(directory.resolve("proxy.yaml"), yaml), name -> null);
        assertThat(result.warnings()).isEmpty();
        return result.config();
    }

    @Test
    void shouldShowThePublicOnlyWhatCustomersNeed() throws Exception {
        check(
                "public-listener.yaml",
                List.of(
                        "/cobrowse/js/gcb.min.js",
                        "/cobrowse/cometd/handshake",
                        "/cobrowse/cometd",
                        "/cobrowse/rest/live/sessions",
                        "/cobrowse/rest/live/users/1/session/stop",
                        "/cobrowse/rest/chat/sessions"),
                List.of(
                        "/",
                        "/cobrowse/health",
                        "/cobrowse/internal/sessions/1",
                        "/cobrowse/rest/live/sessions/845800826",
                        "/cobrowse/rest/history/1",
                        "/cobrowse/js/..%2finternal/x"));
    }

    @Test
    void shouldShowAgentsAllButWhatIsInternal() throws Exception {
        check(
                "agents-listener.yaml",
                List.of("/cobrowse/rest/live/sessions/845800826", "/cobrowse/health", "/cobrowse/cometd"),
                List.of("/", "/cobrowse/internal/sessions/1", "/cobrowse/%69nternal/x", "/other"));
    }

    @Test
    void shouldReadThePresetForPagesOnOtherSites() throws Exception {
        ProxyConfig config = read("third-party-pages.yaml", "http://node");
        assertThat(config.setCookie()).hasSize(1);
        assertThat(config.stickiness().cookieAttributes()).contains("Partitioned");
    }

    private void check(String preset, List<String> shown, List<String> hidden) throws Exception {
        try (RawNode node = new RawNode(RawNode.OK)) {
            ProxyConfig config = read(preset, node.url());
            Listener listener = config.listeners().get(0);
            StickyProxyServerBuilder builder = StickyProxyServer.builder()
                    .listen(new Listener(
                            listener.name(),
                            new Address("127.0.0.1", 0),
                            null,
                            listener.allow(),
                            listener.deny(),
                            listener.trustedPeers(),
                            listener.requestHeaders(),
                            listener.responseHeaders(),
                            0,
                            false,
                            Limits.DEFAULTS))
                    .admin("127.0.0.1", 0)
                    .node("1", "node-1", node.url());
            try (StickyProxyServer proxy = builder.build().start();
                    RawClient client = new RawClient(proxy.uri(listener.name()))) {
                for (String path : shown) {
                    assertThat(client.get(path).status()).as(path).isEqualTo(200);
                }
                for (String path : hidden) {
                    assertThat(client.get(path).status()).as(path).isIn(400, 404);
                }
            }
        }
    }
}

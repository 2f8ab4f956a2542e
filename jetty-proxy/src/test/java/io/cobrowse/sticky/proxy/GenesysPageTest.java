package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps docs/genesys.md true: the snippets can be pasted, and its addresses are what the page says. */
class GenesysPageTest {
    private static final Path DOCS = Path.of("..", "docs");
    private static final Pattern BLOCK = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]*)(#[^)]*)?\\)");
    private static final Pattern ADDRESS = Pattern.compile("https?://cobrowse\\.example\\.com[:/?][^`,<\\s]*");
    private static final Pattern SERVER_URL =
            Pattern.compile("https?://cobrowse\\.example\\.com(:\\d+)?\\?co-browse-node-id=([A-Za-z0-9._-]+)");

    @TempDir
    static Path directory;

    @BeforeAll
    static void makeFiles() throws Exception {
        TestIdentity identity = TestIdentity.create(directory);
        Files.copy(identity.certificate(), directory.resolve("ca.pem"));
    }

    private static String page() throws Exception {
        return Files.readString(DOCS.resolve("genesys.md"));
    }

    /** Each block as it is, and with its commented options. */
    static Stream<Arguments> blocks() throws Exception {
        return BLOCK.matcher(page()).results().map(block -> block.group(1)).flatMap(yaml -> {
            String name = yaml.lines().findFirst().orElseThrow();
            return Stream.of(Arguments.of(name, yaml), Arguments.of(name + " and more", withWhatIsOffered(yaml)));
        });
    }

    private static String withWhatIsOffered(String yaml) {
        return yaml.replaceAll("(?m)^.*# offloading\\n", "").replaceAll("(?m)^( *)# (-|[a-z-]+:)", "$1$2");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("blocks")
    void shouldHoldBlocksThatCanBePasted(String name, String yaml) throws Exception {
        String whole = yaml
                + (yaml.contains("listeners:") ? "" : "listeners: [ { name: l, address: '127.0.0.1:0' } ]\n")
                + (yaml.contains("nodes:") ? "" : "nodes: [ { id: 1, url: 'http://127.0.0.1:8700' } ]\n");
        ConfigReader.Result result =
                ConfigReader.read(Files.writeString(directory.resolve("proxy.yaml"), whole), variable -> null);
        assertThat(result.warnings()).isEmpty();
        ProxyConfig config = result.config();
        assertThat(config.nodes()).isNotEmpty();
        // Files of TLS are read when the proxy is built.
        StickyProxyServer.builder(config).build().close();
    }

    @Test
    void shouldHoldAllThatIsInTheBlocks() throws Exception {
        assertThat(blocks().map(each -> (String) each.get()[1]))
                .anyMatch(yaml -> yaml.contains("bridging") && yaml.contains("\nupstream-tls:"))
                .anyMatch(yaml -> yaml.contains("\n    proxy-protocol: true"))
                .anyMatch(yaml -> yaml.startsWith("set-cookie:"));
    }

    @Test
    void shouldNameServerUrlsThatAreRight() throws Exception {
        String page = page();
        List<String> addresses =
                ADDRESS.matcher(page).results().map(MatchResult::group).toList();
        assertThat(addresses)
                .hasSize(4)
                .allMatch(address -> SERVER_URL.matcher(address).matches());
        assertThat(page).contains("| `serverUrl` of each node | **set**, each node its own | **empty** |");
    }

    @Test
    void shouldGiveEachNodeTheServerUrlThatItsIdIsIn() throws Exception {
        String block = BLOCK.matcher(page())
                .results()
                .map(each -> each.group(1))
                .filter(yaml -> yaml.contains("serverUrl"))
                .findFirst()
                .orElseThrow();
        String whole = block + "listeners: [ { name: l, address: '127.0.0.1:0' } ]\n";
        ProxyConfig config = ConfigReader.read(
                        Files.writeString(directory.resolve("urls.yaml"), whole), variable -> null)
                .config();
        assertThat(SERVER_URL.matcher(block).results().map(each -> each.group(2)))
                .isEqualTo(config.nodes().stream().map(NodeConfig::id).toList())
                .hasSize(2);
    }

    @Test
    void shouldLinkToWhatIsThere() throws Exception {
        String page = page();
        List<MatchResult> links = LINK.matcher(page).results().toList();
        assertThat(links).hasSizeGreaterThan(5);
        for (MatchResult link : links) {
            assertThat(DOCS.resolve(link.group(1))).exists();
        }
    }

    @Test
    void shouldSayOfEachRuleWhatItIsAbout() throws Exception {
        String rules = page().substring(page().indexOf("## The rules by number"));
        for (int rule = 1; rule <= 28; rule++) {
            assertThat(rules).containsPattern("\\| ([R0-9]+, )*R" + rule + "(, R[0-9]+)* \\|");
        }
    }
}

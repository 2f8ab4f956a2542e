package io.cobrowse.sticky.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.cobrowse.sticky.routing.AnyNode;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.SessionStart;
import io.cobrowse.sticky.routing.Stickiness;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import jakarta.servlet.ServletException;
import java.io.StringReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class InitParametersTest {
    private static final String NODE = "1 node-1 http://10.0.0.11:8700";

    @Test
    void shouldNeedNodesAlone() throws ServletException {
        InitParameters parameters = InitParameters.read(new MapFilterConfig(Map.of("nodes", NODE)));
        assertThat(parameters.router().stickiness()).isEqualTo(Stickiness.DEFAULTS);
        assertThat(parameters.retryAfterSeconds()).isEqualTo(4);
    }

    @Test
    void shouldReadEverySetting() throws ServletException {
        InitParameters parameters = read(Map.ofEntries(
                Map.entry("cookie", "route"),
                Map.entry("query-parameter", "n"),
                Map.entry("header", "X-Route"),
                Map.entry("route-suffix", "true"),
                Map.entry("on-node-down", "rebalance"),
                Map.entry("on-unknown-node", "balance"),
                Map.entry("session-start", "POST /a, PUT /b\n\n GET  /c "),
                Map.entry("cookie-path", "/cobrowse"),
                Map.entry("cookie-domain", "example.com"),
                Map.entry("cookie-attributes", "SameSite=None; Secure"),
                Map.entry("expose-route", "true"),
                Map.entry("balance", "least-active"),
                Map.entry("retry-after", "10")));
        assertThat(parameters.router().stickiness())
                .isEqualTo(new Stickiness(
                        "route",
                        "n",
                        "X-Route",
                        true,
                        OnNodeDown.REBALANCE,
                        OnUnknownNode.BALANCE,
                        List.of(
                                new SessionStart("POST", "/a"),
                                new SessionStart("PUT", "/b"),
                                new SessionStart("GET", "/c")),
                        "/cobrowse",
                        "example.com",
                        "SameSite=None; Secure",
                        true));
        assertThat(parameters.retryAfterSeconds()).isEqualTo(10);
    }

    @Test
    void shouldReadNodes() throws ServletException {
        NodeTable table = read(Map.of("nodes", """

                        1 node-1 http://10.0.0.11:8700 weight=2 backup
                          2   a|b   https://node-2.example , 3 http://10.0.0.13:8700
                        4 http://10.0.0.14 backup
                        """)).router().table();
        assertThat(table.nodes())
                .extracting(Node::id, Node::cookies, Node::url, Node::weight, Node::backup)
                .containsExactly(
                        node("1", List.of("node-1"), "http://10.0.0.11:8700", 2, true),
                        node("2", List.of("a", "b"), "https://node-2.example", 1, false),
                        node("3", List.of("3"), "http://10.0.0.13:8700", 1, false),
                        node("4", List.of("4"), "http://10.0.0.14", 1, true));
    }

    @Test
    void shouldSwitchSessionStartsOffByAnEmptyList() throws ServletException {
        assertThat(read(Map.of("session-start", " ")).router().stickiness().sessionStart())
                .isEmpty();
    }

    @Test
    void shouldReadWhatConcernsBrowsers() throws ServletException {
        InitParameters parameters = read(Map.of(
                "any-node",
                "GET /a/*\nHEAD /b/**",
                "referer",
                "true",
                "cors-errors",
                "https://a.example, https://b:1"));
        assertThat(parameters.router().stickiness().anyNode())
                .containsExactly(new AnyNode("GET", "/a/*"), new AnyNode("HEAD", "/b/**"));
        assertThat(parameters.router().stickiness().referer()).isTrue();
        assertThat(parameters.corsErrors()).isEqualTo(CorsErrors.of(List.of("https://a.example", "https://b:1")));
        assertThat(read(Map.of()).corsErrors()).isEqualTo(CorsErrors.REFLECT);
        assertThat(read(Map.of("any-node", "")).router().stickiness().anyNode()).isEmpty();
    }

    @Test
    void shouldReportEveryErrorAtOnce() {
        Map<String, String> parameters = Map.ofEntries(
                Map.entry("nodes", "1 node-1 http://h/a\n2 a||b http://h\n3\n4 c http://h weight=0 back"),
                Map.entry("cookie", "a b"),
                Map.entry("query-parameter", "a&b"),
                Map.entry("header", ""),
                Map.entry("route-suffix", "yes"),
                Map.entry("on-node-down", "notfy"),
                Map.entry("on-unknown-node", "404"),
                Map.entry("session-start", "POST, GET a"),
                Map.entry("cookie-path", "a"),
                Map.entry("cookie-domain", "a;b"),
                Map.entry("cookie-attributes", "a\u0001"),
                Map.entry("expose-route", "TRUE"),
                Map.entry("balance", "round_robin"),
                Map.entry("retry-after", "0"),
                Map.entry("any-node", "GET /a*, GET"),
                Map.entry("referer", "1"),
                Map.entry("cors-errors", "reflect, https://a"),
                Map.entry("Cookie", "a"));
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(parameters))
                .satisfies(
                        e -> assertThat(e.getMessage().lines().skip(1))
                                .satisfiesExactlyInAnyOrder(
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "nodes \"1 node-1 http://h/a\": url \"http://h/a\": allowed is"),
                                        line -> assertThat(line)
                                                .startsWith("nodes \"2 a||b http://h\": cookie \"\": allowed is"),
                                        line -> assertThat(line)
                                                .startsWith("nodes \"3\": allowed is id [cookie|cookie...] url"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "nodes \"4 c http://h weight=0 back\": \"back\": allowed is"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "nodes \"4 c http://h weight=0 back\": weight \"0\": allowed is"),
                                        line -> assertThat(line).startsWith("cookie \"a b\": allowed is"),
                                        line -> assertThat(line).startsWith("query-parameter \"a&b\": allowed is"),
                                        line -> assertThat(line).startsWith("header \"\": allowed is"),
                                        line -> assertThat(line)
                                                .isEqualTo("route-suffix \"yes\": allowed is true or false"),
                                        line -> assertThat(line)
                                                .isEqualTo("on-node-down \"notfy\": allowed is notify, rebalance"),
                                        line -> assertThat(line)
                                                .isEqualTo("on-unknown-node \"404\": allowed is reject, balance"),
                                        line -> assertThat(line)
                                                .startsWith("session-start \"POST \": allowed is METHOD /path"),
                                        line -> assertThat(line)
                                                .startsWith("session-start \"GET a\": allowed is METHOD /path"),
                                        line -> assertThat(line)
                                                .startsWith("any-node \"GET /a*\": allowed is METHOD /path"),
                                        line -> assertThat(line)
                                                .startsWith("any-node \"GET \": allowed is METHOD /path"),
                                        line -> assertThat(line).isEqualTo("referer \"1\": allowed is true or false"),
                                        line -> assertThat(line)
                                                .isEqualTo("cors-errors \"reflect, https://a\": allowed is "
                                                        + CorsErrors.ALLOWED),
                                        line -> assertThat(line).startsWith("cookie-path \"a\": allowed is"),
                                        line -> assertThat(line).startsWith("cookie-domain \"a;b\": allowed is"),
                                        line -> assertThat(line)
                                                .startsWith("cookie-attributes \"a\u0001\": allowed is"),
                                        line -> assertThat(line)
                                                .isEqualTo("expose-route \"TRUE\": allowed is true or false"),
                                        line -> assertThat(line)
                                                .isEqualTo(
                                                        "balance \"round_robin\": allowed is round-robin, least-active, random-two"),
                                        line -> assertThat(line).startsWith("retry-after \"0\": allowed is"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "Cookie: there is no such init-param; there are any-node, balance, cookie, ")));
    }

    @ParameterizedTest
    @CsvSource({
        "1 a http://h weight=257, weight",
        "1 a http://h weight=x, '\"weight=x\": allowed'",
        "1 a http://h weight=, '\"weight=\": allowed'",
        "1 a http://[, url",
        "1 a b http://h, url \"b\": allowed is",
        "1 a, allowed is id",
    })
    void shouldNameTheNodeThatIsWrong(String entry, String reason) {
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(Map.of("nodes", entry)))
                .withMessageContaining("nodes \"" + entry + "\": " + reason);
    }

    @Test
    void shouldReportDuplicateNodes() {
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(Map.of("nodes", "1 a http://h, 1 b http://h, 2 a http://h")))
                .withMessageContaining("id \"1\": stands twice")
                .withMessageContaining("cookie \"a\": stands for node 1 and node 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n , "})
    void shouldAskForNodes(String nodes) {
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(Map.of("nodes", nodes)))
                .withMessageContaining("nodes: at least one node is needed");
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> InitParameters.read(new MapFilterConfig(Map.of())))
                .withMessageContaining("nodes: at least one node is needed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "4s", "", "9999999999"})
    void shouldTakeWholeSecondsOnly(String retryAfter) {
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(Map.of("retry-after", retryAfter)))
                .withMessageContaining("retry-after \"" + retryAfter + "\": allowed is a whole number of seconds");
    }

    private static InitParameters read(Map<String, String> parameters) throws ServletException {
        Map<String, String> all = new HashMap<>(Map.of("nodes", NODE));
        all.putAll(parameters);
        return InitParameters.read(new MapFilterConfig(all));
    }

    private static Tuple node(String id, List<String> cookies, String url, int weight, boolean backup) {
        return tuple(id, cookies, URI.create(url), weight, backup);
    }

    @Test
    void shouldHaveEveryNameInThePageAboutEmbedding() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "embedding.md"));
        String table = page.substring(page.indexOf("### Init-params"), page.indexOf("## In a Jetty"));
        assertThatExceptionOfType(ServletException.class)
                .isThrownBy(() -> read(Map.of("no-such-name", "")))
                .satisfies(failure -> assertThat(Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
                                .matcher(table)
                                .results()
                                .map(row -> row.group(1))
                                .sorted()
                                .collect(Collectors.joining(", ")))
                        .isEqualTo(failure.getMessage().replaceAll("(?s).*no such init-param; there are ", "")));
    }

    @Test
    void shouldTakeTheWebXmlOfThePageAboutEmbedding() throws Exception {
        String page = Files.readString(Path.of("..", "docs", "embedding.md"));
        String xml = page.substring(page.indexOf("<web-app"), page.indexOf("</web-app>") + "</web-app>".length());
        NodeList names = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("param-name");
        Map<String, String> parameters = new HashMap<>();
        for (int i = 0; i < names.getLength(); i++) {
            Element parameter = (Element) names.item(i).getParentNode();
            parameters.put(
                    names.item(i).getTextContent(),
                    parameter.getElementsByTagName("param-value").item(0).getTextContent());
        }
        Router router = InitParameters.read(new MapFilterConfig(parameters)).router();
        assertThat(router.table().nodes()).extracting(Node::id).containsExactly("1", "2");
        assertThat(router.stickiness().exposeRoute()).isTrue();
    }
}

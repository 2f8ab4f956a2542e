package io.cobrowse.sticky.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeTest {
    private static final URI URL = URI.create("http://10.0.0.11:8700");

    @ParameterizedTest
    @ValueSource(strings = {"1", "a.b_c-D", "0123456789012345678901234567890123456789012345678901234567890123"})
    void shouldTakeNames(String name) {
        Node node = new Node(name, List.of(name), URL, 1, false);
        assertThat(node.id()).isEqualTo(name);
        assertThat(node.cookies()).containsExactly(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a b",
                "a+b",
                "ä",
                "a;b",
                "01234567890123456789012345678901234567890123456789012345678901234"
            })
    void shouldRefuseOtherNames(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node(name, List.of("a"), URL, 1, false))
                .withMessage("id \"" + name + "\": allowed is [A-Za-z0-9._-]{1,64}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node("a", List.of("b", name), URL, 1, false))
                .withMessage("cookie \"" + name + "\": allowed is [A-Za-z0-9._-]{1,64}");
    }

    @Test
    void shouldRefuseNoCookieAndOneTwice() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node("a", List.of(), URL, 1, false))
                .withMessageContaining("at least one");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node("a", List.of("b", "b"), URL, 1, false))
                .withMessageContaining("each value may stand once");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://h", "https://h:443", "HTTP://10.0.0.1:1", "http://[::1]:65535", "http://a.b-c.example"})
    void shouldTakeBareUrls(String url) {
        assertThat(new Node("a", List.of("a"), URI.create(url), 1, false).url()).isEqualTo(URI.create(url));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://h",
                "h:8700",
                "//h",
                "/a",
                "http:///a",
                "http://h/",
                "http://h/a",
                "http://h?a",
                "http://h#a",
                "http://u@h",
                "http://h:0",
                "http://h:65536",
                "http://h:",
                "http://a_b:1",
                "mailto:a"
            })
    void shouldRefuseOtherUrls(String url) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node("a", List.of("a"), URI.create(url), 1, false))
                .withMessageStartingWith("url \"" + url + "\": allowed is http:// or https://");
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 257, Integer.MAX_VALUE})
    void shouldRefuseWeightsBelow1AndAbove256(int weight) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Node("a", List.of("a"), URL, weight, false))
                .withMessage("weight \"" + weight + "\": allowed is 1 to 256");
    }

    @Test
    void shouldCountATunnelBesideRequests() {
        Node node = Nodes.node("1");
        node.begin();
        node.begin();
        node.beginTunnel();
        node.end();
        assertThat(node.active()).isEqualTo(2);
        assertThat(node.activeRequests()).isEqualTo(1);
        assertThat(node.activeTunnels()).isEqualTo(1);
        node.endTunnel();
        node.end();
        assertThat(node.active()).isZero();
    }

    @Test
    void shouldShareItsCountersWithItsSuccessor() {
        Node node = Nodes.node("1", 1);
        node.begin();
        Node successor = Nodes.node("1", 5).succeeding(node);
        node.begin();
        successor.beginTunnel();
        assertThat(successor.weight()).isEqualTo(5);
        assertThat(successor.active()).isEqualTo(3);
        assertThat(node.active()).isEqualTo(3);
    }
}

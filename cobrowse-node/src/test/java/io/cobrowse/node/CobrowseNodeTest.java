package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CobrowseNodeTest {
    @Test
    void shouldTakeAFreePort() throws Exception {
        try (CobrowseNode node = CobrowseNode.builder().build().start()) {
            assertThat(node.port()).isPositive();
            assertThat(node.uri()).hasPort(node.port());
        }
    }

    @Test
    void shouldNameThePortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            CobrowseNode node =
                    CobrowseNode.builder().port(taken.getLocalPort()).build();

            assertThatThrownBy(node::start)
                    .isInstanceOf(BindException.class)
                    .hasMessage("Port " + taken.getLocalPort() + " is in use.");
        }
    }

    @Test
    void shouldSayWhichOptionIsWrong() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CobrowseNode.builder().name("a b").build())
                .withMessage("name: 'a b' does not match [A-Za-z0-9._-]{1,64}");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CobrowseNode.builder().port(65536).build())
                .withMessage("port: 65536 is not within 0 to 65535");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CobrowseNode.builder()
                        .serverUrl(URI.create("localhost:80"))
                        .build())
                .withMessageStartingWith("server-url: 'localhost:80' is not");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CobrowseNode.builder()
                        .peers(List.of(URI.create("ftp://a")))
                        .build())
                .withMessageStartingWith("peers: 'ftp://a' is not");
    }

    @ParameterizedTest
    @CsvSource({
        "http://lb?co-browse-node-id=1, http://lb/cobrowse/cometd?co-browse-node-id=1",
        "https://lb:8443/cobrowse?id=a%20b, https://lb:8443/cobrowse/cometd?id=a%20b",
        "http://node:8700, http://node:8700/cobrowse/cometd",
    })
    void shouldPutAPathIntoAServerUrlBeforeItsQuery(URI serverUrl, URI cometd) {
        assertThat(ServerUrl.at(serverUrl, "/cobrowse/cometd")).isEqualTo(cometd);
    }
}

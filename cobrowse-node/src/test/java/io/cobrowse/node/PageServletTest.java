package io.cobrowse.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PageServletTest {
    private static CobrowseNode node;

    @BeforeAll
    static void start() throws Exception {
        node = CobrowseNode.builder().build().start();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource({
        "customer.html, text/html;charset=utf-8, <!doctype html>",
        "agent.html, text/html;charset=utf-8, <!doctype html>",
        "agent.js, text/javascript;charset=utf-8, import",
        "cobrowse.css, text/css;charset=utf-8, ':root'",
        "icon.svg, image/svg+xml, <svg",
        "cometd/Client.js, text/javascript;charset=utf-8, class CometD",
    })
    void shouldServeAFile(String file, String type, String text) throws Exception {
        HttpResponse<String> response = Http.get(node, "/cobrowse/demo/" + file);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).hasValue(type);
        assertThat(response.body()).contains(text);
    }

    @Test
    void shouldLetAPageLoadNothingFromElsewhereAndRunNoInlineScript() throws Exception {
        HttpResponse<String> response = Http.get(node, "/cobrowse/demo/customer.html");

        assertThat(response.headers().firstValue("Content-Security-Policy"))
                .hasValue("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
                        + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
        assertThat(response.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "absent.html", "..%2FPageServlet.class", "cometd/..%2Fagent.js", "cometd/LICENSE", "cometd/"
            })
    void shouldServeNothingElse(String path) throws Exception {
        assertThat(Http.get(node, "/cobrowse/demo/" + path).statusCode()).isIn(400, 404);
    }
}

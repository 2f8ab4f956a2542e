package io.cobrowse.sticky.filter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProblemDocumentTest {

    @Test
    void shouldWriteEveryMember() {
        assertThat(json(new ProblemDocument("node-down", "Node down", 503, "Start anew.", "node.1")))
                .isEqualTo("{\"type\":\"urn:cobrowse-proxy:node-down\",\"title\":\"Node down\",\"status\":503,"
                        + "\"detail\":\"Start anew.\",\"node\":\"node.1\"}");
    }

    @Test
    void shouldLeaveTheNodeOutWhereThereIsNone() {
        assertThat(json(new ProblemDocument("a", "b", 404, "c", null))).endsWith("\"detail\":\"c\"}");
    }

    @Test
    void shouldEscapeWhatJsonReserves() {
        assertThat(json(new ProblemDocument("a", "\"\\", 400, "\u0000\n\u001f\u007f/ \u00e4\u2028", null)))
                .contains("\"title\":\"\\\"\\\\\"")
                .contains("\"detail\":\"\\u0000\\u000a\\u001f\u007f/ \u00e4\u2028\"");
    }

    private static String json(ProblemDocument problem) {
        return new String(problem.json(), UTF_8);
    }
}

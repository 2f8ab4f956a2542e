package io.cobrowse.load.journey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cobrowse.load.record.Incident;
import io.cobrowse.load.settings.Json;
import io.gatling.http.response.Response;
import org.jspecify.annotations.Nullable;

/** Checks HTTP answers: their status, and the node that sent them. Thread-safe. */
final class Answers {
    private final LoadRun run;

    Answers(LoadRun run) {
        this.run = run;
    }

    /**
     * Returns the node of an answer, from the reference node's own field or else the proxy's; empty if there is
     * neither.
     */
    static String mark(Response response) {
        String node = response.headers().get("X-Cobrowse-Node");
        if (node != null) {
            return node;
        }
        String route = response.headers().get("Sticky-Route");
        return route == null ? "" : route.split(";", 2)[0];
    }

    /**
     * Checks an answer.
     *
     * @param owned whether only the owner of the session may have sent it
     * @return whether the status was as expected
     */
    boolean check(Response response, Party party, String what, boolean owned) {
        int status = response.status().code();
        String mark = mark(response);
        if (status != 200) {
            String body = response.body().string();
            String node = problemNode(body);
            party.noted = true;
            run.incident(
                    Incident.UNEXPECTED_STATUS,
                    node.isEmpty() ? party.pair.owner : node,
                    what + ": " + status + " " + problemTitle(body) + " for the " + party);
            return false;
        }
        if (owned) {
            checkOwner(mark, party, what);
        }
        return true;
    }

    void checkOwner(String mark, Party party, String what) {
        Pair pair = party.pair;
        boolean named = !mark.isEmpty() && !pair.ownerMark.isEmpty();
        run.answerChecked(named);
        if (named && !mark.equals(pair.ownerMark)) {
            run.incident(Incident.WRONG_NODE, mark, what + " was answered by " + mark + " for the " + party);
        }
    }

    /** Returns the JSON of an answer; a missing node if it is not JSON. */
    static JsonNode json(String body) {
        try {
            @Nullable JsonNode json = Json.mapper().readTree(body);
            return json == null ? MissingNode.getInstance() : json;
        } catch (JsonProcessingException none) {
            return MissingNode.getInstance();
        }
    }

    /** Returns the node that a problem document names (RFC 9457); empty if there is none. */
    private static String problemNode(String body) {
        return json(body).path("node").asText("");
    }

    private static String problemTitle(String body) {
        String type = json(body).path("type").asText("");
        return type.isEmpty() ? "(no problem document)" : type;
    }
}

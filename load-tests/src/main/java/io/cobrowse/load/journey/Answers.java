package io.cobrowse.load.journey;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cobrowse.load.record.Incident;
import io.cobrowse.load.settings.Json;
import io.gatling.http.response.Response;
import org.jspecify.annotations.Nullable;

/** Checks the answers over HTTP: the status, and the node that gave them. Thread-safe. */
final class Answers {
    private final LoadRun run;

    Answers(LoadRun run) {
        this.run = run;
    }

    /** How an answer's node is told: by the reference node's own field, else by the proxy's; empty for neither. */
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
     * @param owned whether only the owner of the session may have given it
     * @return whether the status was as it should be
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

    /** The JSON of an answer; missing where it is none. */
    static JsonNode json(String body) {
        try {
            @Nullable JsonNode json = Json.mapper().readTree(body);
            return json == null ? MissingNode.getInstance() : json;
        } catch (JsonProcessingException none) {
            return MissingNode.getInstance();
        }
    }

    /** The node that a problem document names (RFC 9457); empty for none. */
    private static String problemNode(String body) {
        return json(body).path("node").asText("");
    }

    private static String problemTitle(String body) {
        String type = json(body).path("type").asText("");
        return type.isEmpty() ? "(no problem document)" : type;
    }
}

package io.cobrowse.node.demo;

import java.net.URI;
import java.nio.file.Path;

/**
 * The text that the demo prints once it runs: what runs where, the pages to open, and four commands for the four steps
 * of the guide.
 */
final class Guide {
    private static final String STEPS = """

            Paste these into bash, one after the other.

            # 1. The customer creates a session on any node and keeps the cookie.
            JAR=$(mktemp); TOKEN=$(curl -s -c "$JAR" -X POST @PROXY@/cobrowse/rest/live/sessions | sed 's/.*"sessionToken":"\\([0-9]*\\)".*/\\1/'); echo "session $TOKEN"; grep gcbSessionServer "$JAR"

            # 2. From then on the customer sticks to that node: 50 requests, one node.
            curl -s -b "$JAR" -D - -o /dev/null "@PROXY@/cobrowse/health?[1-50]" | grep -i '^x-cobrowse-node' | sort | uniq -c

            # 3. The agent asks any node who owns the session: whichever answers, it names the owner.
            curl -s -i -w '\\n' "@PROXY@/cobrowse/rest/live/sessions/$TOKEN?[1-@NODES@]" | grep -iE '^x-cobrowse-node|sessionServerName'

            # 4. The agent sticks to the owner. By URL, which beats a stale cookie; then by cookie, with a handshake and a join
            #    (this agent does not poll, so after 15 s the node takes it for gone).
            OWNER=$(curl -s "@PROXY@/cobrowse/rest/live/sessions/$TOKEN"); URL=$(echo "$OWNER" | sed 's/.*"sessionServerUrl":"\\([^"]*\\)".*/\\1/'); NAME=$(echo "$OWNER" | sed 's/.*"sessionServerName":"\\([^"]*\\)".*/\\1/'); STALE=node-$((${URL##*=} % @NODES@ + 1))
            echo "URL $URL, cookie $STALE:"; curl -s -o /dev/null -D - -b "gcbSessionServer=$STALE" "${URL%%\\?*}/cobrowse/health?${URL#*\\?}" | grep -iE '^x-cobrowse-node|^sticky-route'
            CLIENT=$(curl -s -b "gcbSessionServer=$NAME" -d '[{"channel":"/meta/handshake","version":"1.0","supportedConnectionTypes":["long-polling"]}]' @PROXY@/cobrowse/cometd | sed 's/.*"clientId":"\\([^"]*\\)".*/\\1/')
            echo "cookie $NAME:"; curl -s -i -w '\\n' -b "gcbSessionServer=$NAME" -d '[{"channel":"/service/session/join","clientId":"'$CLIENT'","data":{"sessionToken":"'$TOKEN'","role":2,"name":"Agent"}}]' @PROXY@/cobrowse/cometd | grep -iE '^x-cobrowse-node|^sticky-route|^set-cookie|userToken'

            Ctrl-C stops everything. @EVENTS@
            """;

    private Guide() {}

    static String of(DemoOptions options, URI control, Path config, Path log, Path accessLog) {
        StringBuilder text = new StringBuilder("\n");
        row(text, "proxy", options.proxyUrl().toString(), "cookie gcbSessionServer, parameter co-browse-node-id");
        row(
                text,
                "dashboard",
                options.adminUrl() + "/",
                "the cluster live; drain a node and see when it is safe to stop");
        for (int i = 1; i <= options.nodes(); i++) {
            row(text, options.name(i), options.nodeUrl(i).toString(), "server URL " + options.serverUrl(i));
        }
        row(text, "control", control.toString(), "a page to kill nodes and start them again; open it first");
        row(text, "customer", options.page("customer.html").toString(), "");
        row(text, "agent", options.page("agent.html?by=cookie").toString(), "");
        row(text, "", options.page("agent.html?by=url").toString(), "");
        row(text, "config", config.toString(), "");
        row(text, "log", log.toString(), "");
        row(text, "access", accessLog.toString(), "a line of JSON for each request");
        if (options.traffic() > 0) {
            row(
                    text,
                    "traffic",
                    options.traffic() + " pairs",
                    "customers and agents who share one session after the other");
        }
        return text
                + STEPS.replace("@PROXY@", options.proxyUrl().toString())
                        .replace("@NODES@", String.valueOf(options.nodes()))
                        .replace(
                                "@EVENTS@",
                                options.traffic() > 0
                                        ? "Events of sessions are left out here, being so many; those of nodes follow:"
                                        : "The sessions' events:")
                        .stripTrailing();
    }

    private static void row(StringBuilder text, String what, String where, String detail) {
        text.append(String.format("%-9s %-24s %s", what, where, detail).stripTrailing())
                .append('\n');
    }
}

package io.cobrowse.sticky.routing;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request and its expected outcome.
 *
 * @param rule the rule of the design that it shows, such as {@code R2}
 * @param what its peculiarity
 * @param target path and query, as sent
 * @param cookieFields values of the {@code Cookie} fields, in order
 * @param headerFields values of the fields named {@link #HEADER}, in order
 * @param otherFields any other field lines, except those of the upgrade
 * @param refusedBy what refuses such a request before the filter sees it
 */
public record RoutingCase(
        String rule,
        String what,
        Setup setup,
        String method,
        String target,
        List<String> cookieFields,
        List<String> headerFields,
        List<String> otherFields,
        boolean upgrade,
        Expected expected,
        Set<Refuser> refusedBy) {

    /** Name of the request field that carries {@link #headerFields}, in every setup. */
    public static final String HEADER = "X-Session-Server";

    @Override
    public String toString() {
        return rule + " " + what + ": " + setup + " " + method + " " + target + " " + cookieFields + headerFields
                + otherFields;
    }

    /** Returns the target up to the first {@code ?}. */
    public String rawPath() {
        int mark = target.indexOf('?');
        return mark < 0 ? target : target.substring(0, mark);
    }

    /** Returns the target after the first {@code ?}; null if there is none. */
    public @Nullable String query() {
        int mark = target.indexOf('?');
        return mark < 0 ? null : target.substring(mark + 1);
    }

    /** Returns the value of the {@code Referer}; null if there is none. */
    public @Nullable String referer() {
        return other("Referer");
    }

    /** Returns the kind of request for routing. */
    public RequestKind kind() {
        boolean preflight =
                method.equals("OPTIONS") && other("Origin") != null && other("Access-Control-Request-Method") != null;
        return preflight ? RequestKind.PREFLIGHT : upgrade ? RequestKind.UPGRADE : RequestKind.PLAIN;
    }

    private @Nullable String other(String name) {
        String prefix = name + ": ";
        return otherFields.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()))
                .findFirst()
                .orElse(null);
    }

    /** The components that may refuse or change a request before the filter sees it. */
    public enum Refuser {
        /** No HTTP message can express it. */
        HTTP,
        JETTY,
        TOMCAT
    }

    /**
     * The expected outcome of a request.
     *
     * @param nodes ids, one of which must be chosen; empty if no node may be
     * @param expiredCookies values of the {@code Set-Cookie} fields in the answer
     */
    public record Expected(Outcome outcome, Set<String> nodes, Affinity affinity, List<String> expiredCookies) {}

    /** A node of a setup. */
    public record Member(String id, List<String> cookies, boolean backup) {}

    /**
     * A configuration and the states of its nodes.
     *
     * @param options stickiness settings under their names, which are the same in every form of configuration
     * @param states states other than ready, by id
     */
    public record Setup(String name, Map<String, String> options, List<Member> members, Map<String, NodeState> states) {

        /** Returns a new router with nodes at these URLs, by id, in these states. */
        public Router router(Function<String, URI> url) {
            NodeTable table = NodeTable.of(members.stream()
                    .map(member -> new Node(member.id, member.cookies, url.apply(member.id), 1, member.backup))
                    .toList());
            for (Map.Entry<String, NodeState> entry : states.entrySet()) {
                table = table.withState(entry.getKey(), entry.getValue());
            }
            return new Router(stickiness(), Balance.ROUND_ROBIN, table);
        }

        /** Returns the options as settings. */
        public Stickiness stickiness() {
            Stickiness defaults = Stickiness.DEFAULTS;
            return new Stickiness(
                    options.getOrDefault("cookie", defaults.cookie()),
                    options.getOrDefault("query-parameter", defaults.queryParameter()),
                    options.get("header"),
                    flag("route-suffix"),
                    OnNodeDown.valueOf(
                            options.getOrDefault("on-node-down", "notify").toUpperCase(Locale.ROOT)),
                    OnUnknownNode.valueOf(
                            options.getOrDefault("on-unknown-node", "reject").toUpperCase(Locale.ROOT)),
                    sessionStart(),
                    options.getOrDefault("cookie-path", "/"),
                    options.get("cookie-domain"),
                    options.get("cookie-attributes"),
                    flag("expose-route"),
                    flag("referer"),
                    anyNode());
        }

        /** Every setup with this setting has one pattern. */
        private List<AnyNode> anyNode() {
            String option = options.get("any-node");
            if (option == null) {
                return AnyNode.DEFAULTS;
            }
            String[] fields = option.split(" ", 2);
            return List.of(new AnyNode(fields[0], fields[1]));
        }

        private boolean flag(String option) {
            return Boolean.parseBoolean(options.get(option));
        }

        /** Every setup with this setting has one request. */
        private List<SessionStart> sessionStart() {
            String option = options.get("session-start");
            if (option == null) {
                return SessionStart.DEFAULTS;
            }
            String[] fields = option.split(" ", 2);
            return List.of(new SessionStart(fields[0], fields[1]));
        }

        @Override
        public String toString() {
            return name;
        }
    }
}

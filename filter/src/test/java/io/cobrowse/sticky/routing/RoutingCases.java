package io.cobrowse.sticky.routing;

import static io.cobrowse.sticky.routing.Affinity.COOKIE;
import static io.cobrowse.sticky.routing.Affinity.HEADER;
import static io.cobrowse.sticky.routing.Affinity.NONE;
import static io.cobrowse.sticky.routing.Affinity.URL;
import static io.cobrowse.sticky.routing.NodeState.DOWN;
import static io.cobrowse.sticky.routing.NodeState.DRAIN;
import static io.cobrowse.sticky.routing.NodeState.MAINT;
import static io.cobrowse.sticky.routing.RoutingCase.Refuser.HTTP;
import static io.cobrowse.sticky.routing.RoutingCase.Refuser.JETTY;
import static io.cobrowse.sticky.routing.RoutingCase.Refuser.TOMCAT;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.RoutingCase.Expected;
import io.cobrowse.sticky.routing.RoutingCase.Member;
import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routing rules as a table of cases, to be run against everything that routes. */
public final class RoutingCases {
    private static final List<Member> CLUSTER = List.of(
            new Member("1", List.of("node-1"), false),
            new Member("2", List.of("node-2", "old-2"), false),
            new Member("3", List.of("node-3"), false),
            new Member("N.4_x-y", List.of("eu.node-4"), true));
    private static final List<Member> ONE = List.of(new Member("1", List.of("node-1"), false));
    private static final String PRIMARIES = "1 2 3";

    private static final String EXPIRED = "gcbSessionServer=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

    private static final Setup ALL_READY = setup("all ready", Map.of(), Map.of());
    private static final Setup SUFFIX = setup("route suffix", Map.of("route-suffix", "true"), Map.of());
    private static final Setup HEADER_ON = setup("header", Map.of("header", RoutingCase.HEADER), Map.of());
    private static final Setup HEADER_SUFFIX =
            setup("header and route suffix", Map.of("header", RoutingCase.HEADER, "route-suffix", "true"), Map.of());
    private static final Setup UNKNOWN_BALANCED =
            setup("unknown balanced", Map.of("on-unknown-node", "balance"), Map.of());
    private static final Setup UNKNOWN_BALANCED_HEADER = setup(
            "unknown balanced, header", Map.of("on-unknown-node", "balance", "header", RoutingCase.HEADER), Map.of());
    private static final Setup NODE_2_DOWN = setup("2 down", Map.of(), Map.of("2", DOWN));
    private static final Setup NODE_2_MAINT = setup("2 in maintenance", Map.of(), Map.of("2", MAINT));
    private static final Setup NODE_2_DRAIN = setup("2 draining", Map.of(), Map.of("2", DRAIN));
    private static final Setup NODES_1_2_DOWN = setup("1 and 2 down", Map.of(), Map.of("1", DOWN, "2", DOWN));
    private static final Setup NODE_2_DOWN_HEADER =
            setup("2 down, header", Map.of("header", RoutingCase.HEADER), Map.of("2", DOWN));
    private static final Setup NODE_2_DOWN_SUFFIX =
            setup("2 down, route suffix", Map.of("route-suffix", "true"), Map.of("2", DOWN));
    private static final Setup NODE_2_DOWN_UNKNOWN_BALANCED =
            setup("2 down, unknown balanced", Map.of("on-unknown-node", "balance"), Map.of("2", DOWN));
    private static final Setup NODE_2_DOWN_COOKIE_SETTINGS = setup(
            "2 down, cookie settings",
            Map.of(
                    "cookie-path", "/cobrowse",
                    "cookie-domain", "example.com",
                    "cookie-attributes", "SameSite=None; Secure; Partitioned"),
            Map.of("2", DOWN));
    private static final Setup NODE_2_DOWN_OWN_START =
            setup("2 down, own session start", Map.of("session-start", "PUT /start"), Map.of("2", DOWN));
    private static final Setup REBALANCE_2_DOWN =
            setup("rebalance, 2 down", Map.of("on-node-down", "rebalance"), Map.of("2", DOWN));
    private static final Setup REBALANCE_2_MAINT =
            setup("rebalance, 2 in maintenance", Map.of("on-node-down", "rebalance"), Map.of("2", MAINT));
    private static final Setup REBALANCE_2_DOWN_HEADER = setup(
            "rebalance, 2 down, header",
            Map.of("on-node-down", "rebalance", "header", RoutingCase.HEADER),
            Map.of("2", DOWN));
    private static final Setup REBALANCE_2_DOWN_1_DRAIN =
            setup("rebalance, 2 down, 1 draining", Map.of("on-node-down", "rebalance"), Map.of("2", DOWN, "1", DRAIN));
    private static final Setup REBALANCE_BACKUP_LEFT = setup(
            "rebalance, backup left", Map.of("on-node-down", "rebalance"), Map.of("1", DOWN, "2", DOWN, "3", MAINT));
    private static final Setup REBALANCE_NONE_LEFT = setup(
            "rebalance, none ready",
            Map.of("on-node-down", "rebalance"),
            Map.of("1", DOWN, "2", DOWN, "3", DRAIN, "N.4_x-y", MAINT));
    private static final Setup BACKUP_LEFT = setup("backup left", Map.of(), Map.of("1", DOWN, "2", MAINT, "3", DRAIN));
    private static final Setup NONE_LEFT =
            setup("none ready", Map.of(), Map.of("1", DOWN, "2", MAINT, "3", DRAIN, "N.4_x-y", DOWN));
    private static final Setup OWN_NAMES =
            setup("own names", Map.of("cookie", "route", "query-parameter", "n"), Map.of());
    private static final Setup SINGLE = new Setup("single", Map.of(), ONE, Map.of());
    private static final Setup SINGLE_DOWN = new Setup("single, down", Map.of(), ONE, Map.of("1", DOWN));
    private static final Setup SINGLE_DRAIN = new Setup("single, draining", Map.of(), ONE, Map.of("1", DRAIN));

    private static final String CREATE = "/cobrowse/rest/live/sessions";
    private static final String CREATE_CHAT = "/cobrowse/rest/chat/sessions";
    private static final String HANDSHAKE = "/cobrowse/cometd/handshake";

    private final List<RoutingCase> cases = new ArrayList<>();

    private RoutingCases() {
        orderOfSources();
        queryNames();
        queryValues();
        cookieSyntax();
        cookieOccurrences();
        routeSuffixes();
        headers();
        conflicts();
        unknownIds();
        unknownCookies();
        nodeDown();
        rebalance();
        sessionStarts();
        draining();
        noAffinity();
        singleNode();
    }

    /** Returns the cases, in the order of the rules. */
    public static List<RoutingCase> all() {
        return List.copyOf(new RoutingCases().cases);
    }

    private static Setup setup(String name, Map<String, String> options, Map<String, NodeState> states) {
        return new Setup(name, options, CLUSTER, states);
    }

    private void orderOfSources() {
        on("R1", "query before cookie", "/?co-browse-node-id=1")
                .cookie("gcbSessionServer=node-2")
                .goesTo("1", URL);
        on("R1", "cookie without query", "/x").cookie("gcbSessionServer=node-2").goesTo("2", COOKIE);
        on("R1", "query before header", "/?co-browse-node-id=1")
                .in(HEADER_ON)
                .header("node-2")
                .goesTo("1", URL);
        on("R1", "cookie before header", "/")
                .in(HEADER_ON)
                .cookie("gcbSessionServer=node-3")
                .header("node-2")
                .goesTo("3", COOKIE);
        on("R1", "header after all", "/").in(HEADER_ON).header("node-2").goesTo("2", HEADER);
        on("R1", "header off by default", "/").header("node-2").goesToAnyOf(PRIMARIES);
        on("R1", "nothing", "/").goesToAnyOf(PRIMARIES);
        on("R1", "configured names", "/?n=2").in(OWN_NAMES).goesTo("2", URL);
        on("R1", "configured cookie", "/").in(OWN_NAMES).cookie("route=node-3").goesTo("3", COOKIE);
        on("R1", "default names where others are configured", "/?co-browse-node-id=9")
                .in(OWN_NAMES)
                .cookie("gcbSessionServer=node-3")
                .goesToAnyOf(PRIMARIES);
        on("R1", "upgrade sticks too", "/cobrowse/cometd")
                .upgrade()
                .cookie("gcbSessionServer=node-3")
                .goesTo("3", COOKIE);
    }

    private void queryNames() {
        on("R2", "only pair", "/?co-browse-node-id=2").goesTo("2", URL);
        on("R2", "first pair", "/?co-browse-node-id=2&a=b").goesTo("2", URL);
        on("R2", "last pair", "/?a=b&co-browse-node-id=2").goesTo("2", URL);
        on("R2", "empty pairs around", "/?&&co-browse-node-id=2&&").goesTo("2", URL);
        on("R2", "any path", "/cobrowse/cometd/connect;a=b?co-browse-node-id=2").goesTo("2", URL);
        on("R2", "any method", "/?co-browse-node-id=2").method("DELETE").goesTo("2", URL);
        on("R2", "longer name before", "/?xco-browse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "longer name behind", "/?co-browse-node-idx=2").goesToAnyOf(PRIMARIES);
        on("R2", "near miss, then the name", "/?xco-browse-node-id=3&co-browse-node-id=2")
                .goesTo("2", URL);
        on("R2", "name in another's value", "/?a=co-browse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "name in another's value behind ?", "/?a=b?co-browse-node-id=2")
                .goesToAnyOf(PRIMARIES);
        on("R2", "name is case-sensitive", "/?Co-Browse-Node-Id=2").goesToAnyOf(PRIMARIES);
        on("R2", "name is not decoded", "/?co%2Dbrowse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "blank in the name", "/?%20co-browse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "semicolon does not split", "/?a=b;co-browse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "semicolon belongs to the value", "/?co-browse-node-id=2;a=b").unknownNode();
        on("R2", "name in the path", "/co-browse-node-id=2").goesToAnyOf(PRIMARIES);
        on("R2", "no equals sign", "/?co-browse-node-id").goesToAnyOf(PRIMARIES);
        on("R2", "no equals sign, then another pair", "/?co-browse-node-id&a=2").goesToAnyOf(PRIMARIES);
        on("R2", "empty value", "/?co-browse-node-id=").goesToAnyOf(PRIMARIES);
        on("R2", "empty value is absent", "/?co-browse-node-id=&a=b")
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R2", "empty value, then a known one", "/?co-browse-node-id=&co-browse-node-id=2")
                .goesTo("2", URL);
        on("R2", "empty query", "/?").goesToAnyOf(PRIMARIES);
    }

    private void queryValues() {
        on("R2", "percent code", "/?co-browse-node-id=%32").goesTo("2", URL);
        on("R2", "every character as percent code", "/?co-browse-node-id=%4E%2e%34%5F%78%2D%79")
                .goesTo("N.4_x-y", URL);
        on("R2", "all that an id may hold", "/?co-browse-node-id=N.4_x-y").goesTo("N.4_x-y", URL);
        on("R2", "id is case-sensitive", "/?co-browse-node-id=n.4_x-y").unknownNode();
        on("R2", "first known one wins", "/?co-browse-node-id=3&co-browse-node-id=2")
                .goesTo("3", URL);
        on("R2", "unknown, then known", "/?co-browse-node-id=9&co-browse-node-id=2")
                .goesTo("2", URL);
        on("R2", "malformed, then known", "/?co-browse-node-id=%zz&co-browse-node-id=2")
                .goesTo("2", URL);
        on("R2", "known, then unknown", "/?co-browse-node-id=2&co-browse-node-id=9")
                .goesTo("2", URL);
        on("R2", "first known is down", "/?co-browse-node-id=2&co-browse-node-id=1")
                .in(NODE_2_DOWN)
                .nodeDown("2", URL, null);
        on("R2", "plus is a plus", "/?co-browse-node-id=+2").unknownNode();
        on("R2", "blank as percent code", "/?co-browse-node-id=%202").unknownNode();
        on("R2", "decoded once only", "/?co-browse-node-id=%2532").unknownNode();
        on("R2", "second equals sign is data", "/?co-browse-node-id==2").unknownNode();
        on("R2", "quotes are data", "/?co-browse-node-id=%222%22").unknownNode();
        on("R2", "quotes as they are", "/?co-browse-node-id=\"2\"")
                .refusedBy(TOMCAT)
                .unknownNode();
        on("R2", "cookie value is no id", "/?co-browse-node-id=node-2").unknownNode();
        on("R2", "no route suffix in the URL", "/?co-browse-node-id=abc.2")
                .in(SUFFIX)
                .unknownNode();
        on("R2", "leading zero", "/?co-browse-node-id=02").unknownNode();
        on("R2", "too long for an id", "/?co-browse-node-id=" + "2".repeat(300)).unknownNode();
        on("R2", "fragment mark", "/?co-browse-node-id=2#x")
                .refusedBy(JETTY, TOMCAT)
                .unknownNode();
    }

    private void cookieSyntax() {
        cookie("only pair", "gcbSessionServer=node-2").goesTo("2", COOKIE);
        cookie("among others", "a=b; gcbSessionServer=node-2; c=d").goesTo("2", COOKIE);
        cookie("no blank behind the semicolon", "a=b;gcbSessionServer=node-2;c=d")
                .goesTo("2", COOKIE);
        cookie("blanks all around", "a=b ; \t gcbSessionServer \t = \t node-2 \t ; c=d")
                .goesTo("2", COOKIE);
        cookie("blanks at both ends of the field", " \tgcbSessionServer=node-2\t ")
                .goesTo("2", COOKIE);
        cookie("empty pairs around", ";; gcbSessionServer=node-2;;").goesTo("2", COOKIE);
        cookie("quotes", "gcbSessionServer=\"node-2\"").goesTo("2", COOKIE);
        cookie("blanks around quotes", "gcbSessionServer= \"node-2\" ; a=b").goesTo("2", COOKIE);
        cookie("two pairs of quotes", "gcbSessionServer=\"\"node-2\"\"").goesToAnyOf(PRIMARIES);
        cookie("blanks within quotes are data", "gcbSessionServer=\" node-2 \"").goesToAnyOf(PRIMARIES);
        cookie("opening quote alone", "gcbSessionServer=\"node-2").goesToAnyOf(PRIMARIES);
        cookie("closing quote alone", "gcbSessionServer=node-2\"").goesToAnyOf(PRIMARIES);
        cookie("single quote", "gcbSessionServer=\"").goesToAnyOf(PRIMARIES);
        cookie("semicolon splits within quotes", "a=\"x; gcbSessionServer=node-2; y\"")
                .goesTo("2", COOKIE);
        cookie("semicolon splits a quoted value", "gcbSessionServer=\"node-2;\"")
                .goesToAnyOf(PRIMARIES);
        cookie("comma does not split", "a=b, gcbSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("comma belongs to the value", "gcbSessionServer=node-2, a=b").goesToAnyOf(PRIMARIES);
        cookie("name is case-sensitive", "GCBSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("value is case-sensitive", "gcbSessionServer=Node-2").goesToAnyOf(PRIMARIES);
        cookie("value is not decoded", "gcbSessionServer=node%2D2").goesToAnyOf(PRIMARIES);
        cookie("second equals sign is data", "gcbSessionServer==node-2").goesToAnyOf(PRIMARIES);
        cookie("longer name before", "xgcbSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("longer name behind", "gcbSessionServerX=node-2").goesToAnyOf(PRIMARIES);
        cookie("longer name behind a blank", "gcbSessionServer X=node-2").goesToAnyOf(PRIMARIES);
        cookie("another word before", "a gcbSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("name in another's value", "a=gcbSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("dollar before the name", "$gcbSessionServer=node-2").goesToAnyOf(PRIMARIES);
        cookie("RFC 2965 version pair first", "$Version=1; gcbSessionServer=node-2; $Path=/")
                .goesTo("2", COOKIE);
        cookie(
                        "near misses, then the name",
                        "xgcbSessionServer=node-1; gcbSessionServerX=node-1; gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        cookie("no equals sign", "gcbSessionServer").goesToAnyOf(PRIMARIES);
        cookie("no equals sign, then another pair", "gcbSessionServer; a=node-2")
                .goesToAnyOf(PRIMARIES);
        cookie("URL id is no cookie value", "gcbSessionServer=2").goesToAnyOf(PRIMARIES);
        cookie("another value of the same node", "gcbSessionServer=old-2").goesTo("2", COOKIE);
        cookie("no-break space is no blank", "gcbSessionServer=\u00a0node-2")
                .refusedBy(HTTP)
                .goesToAnyOf(PRIMARIES);
        cookie("line feed is no blank", "a=b;\ngcbSessionServer=node-2")
                .refusedBy(HTTP)
                .goesToAnyOf(PRIMARIES);
        cookie("empty field", "").goesToAnyOf(PRIMARIES);
    }

    private void cookieOccurrences() {
        cookie("empty value", "gcbSessionServer=").goesToAnyOf(PRIMARIES);
        cookie("empty value, then a known one", "gcbSessionServer=; gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        cookie("empty quotes, then a known one", "gcbSessionServer=\"\"; gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        cookie("blank value, then a known one", "gcbSessionServer= \t; gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        cookie("first known one wins", "gcbSessionServer=node-3; gcbSessionServer=node-2")
                .goesTo("3", COOKIE);
        cookie("unknown, then known", "gcbSessionServer=node-9; gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        cookie("known, then unknown", "gcbSessionServer=node-2; gcbSessionServer=node-9")
                .goesTo("2", COOKIE);
        cookie("first known is down", "gcbSessionServer=node-2; gcbSessionServer=node-1")
                .in(NODE_2_DOWN)
                .nodeDown("2", COOKIE, EXPIRED);
        on("R4", "second field", "/")
                .cookie("a=b")
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R4", "a crumb for each pair", "/")
                .cookie("a=b")
                .cookie("gcbSessionServer=node-2")
                .cookie("c=d")
                .goesTo("2", COOKIE);
        on("R4", "fields in order", "/")
                .cookie("gcbSessionServer=node-3")
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", COOKIE);
        on("R4", "unknown in the first field", "/")
                .cookie("gcbSessionServer=node-9")
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R4", "empty in the first field", "/")
                .cookie("gcbSessionServer=")
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R4", "name and value in two fields", "/")
                .cookie("gcbSessionServer")
                .cookie("=node-2")
                .goesToAnyOf(PRIMARIES);
    }

    private void routeSuffixes() {
        on("R5", "off by default", "/").cookie("gcbSessionServer=abc.node-2").goesToAnyOf(PRIMARIES);
        on("R5", "behind the dot", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=abc.node-2")
                .goesTo("2", COOKIE);
        on("R5", "behind the last dot", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=a.node-1.node-2")
                .goesTo("2", COOKIE);
        on("R5", "nothing before the dot", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=.node-2")
                .goesTo("2", COOKIE);
        on("R5", "nothing behind the dot", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=node-2.")
                .goesToAnyOf(PRIMARIES);
        on("R5", "no dot", "/").in(SUFFIX).cookie("gcbSessionServer=node-2").goesTo("2", COOKIE);
        on("R5", "whole value with a dot", "/")
                .cookie("gcbSessionServer=eu.node-4")
                .goesTo("N.4_x-y", COOKIE);
        on("R5", "whole value first", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=eu.node-4")
                .goesTo("N.4_x-y", COOKIE);
        on("R5", "suffix of a value with a dot", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=us.node-4")
                .goesToAnyOf(PRIMARIES);
        on("R5", "dot of another pair", "/")
                .in(SUFFIX)
                .cookie("a=x.node-1; gcbSessionServer=node-9")
                .goesToAnyOf(PRIMARIES);
        on("R5", "within quotes", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=\"abc.node-2\"")
                .goesTo("2", COOKIE);
        on("R5", "long value", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=" + "a".repeat(200) + ".node-2")
                .goesTo("2", COOKIE);
        on("R5", "unknown suffix, then a known one", "/")
                .in(SUFFIX)
                .cookie("gcbSessionServer=a.node-9; gcbSessionServer=b.node-2")
                .goesTo("2", COOKIE);
        on("R5", "node down", "/")
                .in(NODE_2_DOWN_SUFFIX)
                .cookie("gcbSessionServer=abc.node-2")
                .nodeDown("2", COOKIE, EXPIRED);
        on("R5", "header too", "/").in(HEADER_SUFFIX).header("abc.node-2").goesTo("2", HEADER);
        on("R5", "header, off by default", "/")
                .in(HEADER_ON)
                .header("abc.node-2")
                .goesToAnyOf(PRIMARIES);
    }

    private void headers() {
        on("R5", "header holds a cookie value", "/")
                .in(HEADER_ON)
                .header("old-2")
                .goesTo("2", HEADER);
        on("R5", "header holds no id", "/").in(HEADER_ON).header("2").goesToAnyOf(PRIMARIES);
        on("R5", "second header field", "/")
                .in(HEADER_ON)
                .header("node-9")
                .header("node-2")
                .goesTo("2", HEADER);
        on("R5", "empty header field", "/")
                .in(HEADER_ON)
                .header("")
                .header("node-2")
                .goesTo("2", HEADER);
        on("R9", "header unknown", "/").in(HEADER_ON).header("node-9").goesToAnyOf(PRIMARIES);
        on("R9", "cookie unknown, header known", "/")
                .in(HEADER_ON)
                .cookie("gcbSessionServer=node-9")
                .header("node-2")
                .goesTo("2", HEADER);
        on("R10", "header names the node", "/")
                .in(NODE_2_DOWN_HEADER)
                .header("node-2")
                .nodeDown("2", HEADER, null);
        on("R11", "header is no cookie", CREATE)
                .in(NODE_2_DOWN_HEADER)
                .method("POST")
                .header("node-2")
                .nodeDown("2", HEADER, null);
        on("R11", "header does not hold back", CREATE)
                .in(NODE_2_DOWN_HEADER)
                .method("POST")
                .cookie("gcbSessionServer=node-2")
                .header("node-2")
                .goesToAnyOf("1 3");
    }

    private void conflicts() {
        on("R7", "URL wins", "/?co-browse-node-id=3")
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", URL);
        on("R7", "URL wins over a node that is down", "/?co-browse-node-id=3")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", URL);
        on("R7", "URL wins though its node is down", "/?co-browse-node-id=2")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-3")
                .nodeDown("2", URL, null);
        on("R7", "both agree", "/?co-browse-node-id=2")
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", URL);
    }

    private void unknownIds() {
        on("R8", "unknown", "/?co-browse-node-id=9").unknownNode();
        on("R8", "unknown, whatever the cookie says", "/?co-browse-node-id=9")
                .cookie("gcbSessionServer=node-2")
                .unknownNode();
        on("R8", "unknown, whatever the header says", "/?co-browse-node-id=9")
                .in(HEADER_ON)
                .header("node-2")
                .unknownNode();
        on("R8", "unknown, though it starts a session", CREATE + "?co-browse-node-id=9")
                .method("POST")
                .unknownNode();
        on("R8", "unknown, though nobody is left", "/?co-browse-node-id=9")
                .in(NONE_LEFT)
                .unknownNode();
        on("R8", "not two hexadecimal digits", "/?co-browse-node-id=%zz").unknownNode();
        on("R8", "one digit", "/?co-browse-node-id=%3").unknownNode();
        on("R8", "one digit, then a pair", "/?co-browse-node-id=%3&a=2").unknownNode();
        on("R8", "percent sign at the end", "/?co-browse-node-id=2%").unknownNode();
        on("R8", "percent sign alone", "/?co-browse-node-id=%").unknownNode();
        on("R8", "percent code of NUL", "/?co-browse-node-id=2%00").unknownNode();
        on("R8", "overlong UTF-8", "/?co-browse-node-id=%C0%B2").unknownNode();
        on("R8", "digit of another script", "/?co-browse-node-id=%\uff13\uff12")
                .refusedBy(HTTP)
                .unknownNode();
        on("R8", "character beyond ASCII", "/?co-browse-node-id=\u0132")
                .refusedBy(HTTP)
                .unknownNode();
        on("R8", "upgrade", "/?co-browse-node-id=9").upgrade().unknownNode();
        on("R8", "balance: cookie next", "/?co-browse-node-id=9")
                .in(UNKNOWN_BALANCED)
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R8", "balance: header next", "/?co-browse-node-id=9")
                .in(UNKNOWN_BALANCED_HEADER)
                .header("node-2")
                .goesTo("2", HEADER);
        on("R8", "balance: balancer last", "/?co-browse-node-id=%zz")
                .in(UNKNOWN_BALANCED)
                .goesToAnyOf(PRIMARIES);
        on("R8", "balance: known one among them", "/?co-browse-node-id=9&co-browse-node-id=2")
                .in(UNKNOWN_BALANCED)
                .goesTo("2", URL);
        on("R8", "balance: session start as if absent", CREATE + "?co-browse-node-id=9")
                .in(NODE_2_DOWN_UNKNOWN_BALANCED)
                .method("POST")
                .cookie("gcbSessionServer=node-2")
                .goesToAnyOf("1 3");
    }

    private void unknownCookies() {
        on("R9", "unknown cookie value", "/").cookie("gcbSessionServer=node-9").goesToAnyOf(PRIMARIES);
        on("R9", "longer than any value", "/")
                .cookie("gcbSessionServer=" + "node-2".repeat(100))
                .goesToAnyOf(PRIMARIES);
        on("R9", "begins as a known one", "/")
                .cookie("gcbSessionServer=node-22")
                .goesToAnyOf(PRIMARIES);
        on("R9", "unknown cookie, URL", "/?co-browse-node-id=2")
                .cookie("gcbSessionServer=node-9")
                .goesTo("2", URL);
    }

    private void nodeDown() {
        on("R10", "URL", "/?co-browse-node-id=2").in(NODE_2_DOWN).nodeDown("2", URL, null);
        on("R10", "URL and cookie", "/?co-browse-node-id=2")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-2")
                .nodeDown("2", URL, EXPIRED);
        on("R10", "URL and another of the node's cookies", "/?co-browse-node-id=2")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=old-2")
                .nodeDown("2", URL, EXPIRED);
        on("R10", "URL, and an unknown cookie", "/?co-browse-node-id=2")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-9")
                .nodeDown("2", URL, null);
        on("R10", "cookie", "/")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-2")
                .nodeDown("2", COOKIE, EXPIRED);
        on("R10", "cookie, upgrade", "/cobrowse/cometd")
                .in(NODE_2_DOWN)
                .upgrade()
                .cookie("gcbSessionServer=node-2")
                .nodeDown("2", COOKIE, EXPIRED);
        on("R10", "cookie settings", "/")
                .in(NODE_2_DOWN_COOKIE_SETTINGS)
                .cookie("gcbSessionServer=node-2")
                .nodeDown(
                        "2",
                        COOKIE,
                        "gcbSessionServer=; Path=/cobrowse; Domain=example.com; Max-Age=0;"
                                + " Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=None; Secure; Partitioned");
        on("R10", "another node's cookie", "/")
                .in(NODE_2_DOWN)
                .cookie("gcbSessionServer=node-3")
                .goesTo("3", COOKIE);
        on("R10", "nobody else ready", "/")
                .in(NONE_LEFT)
                .cookie("gcbSessionServer=node-1")
                .nodeDown("1", COOKIE, EXPIRED);
        on("R13", "maintenance, URL", "/?co-browse-node-id=2").in(NODE_2_MAINT).nodeDown("2", URL, null);
        on("R13", "maintenance, cookie", "/")
                .in(NODE_2_MAINT)
                .cookie("gcbSessionServer=node-2")
                .nodeDown("2", COOKIE, EXPIRED);
        on("R13", "maintenance, no affinity", "/").in(NODE_2_MAINT).goesToAnyOf("1 3");
    }

    /** That it is node 3 which replaces node 2 is pinned: proxies of different versions have to agree, too. */
    private void rebalance() {
        on("R10", "rebalance, cookie", "/")
                .in(REBALANCE_2_DOWN)
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", NONE);
        on("R10", "rebalance, URL", "/?co-browse-node-id=2")
                .in(REBALANCE_2_DOWN)
                .goesTo("3", NONE);
        on("R10", "rebalance, URL and cookie", "/?co-browse-node-id=2")
                .in(REBALANCE_2_DOWN)
                .cookie("gcbSessionServer=old-2")
                .goesTo("3", NONE);
        on("R10", "rebalance, header", "/")
                .in(REBALANCE_2_DOWN_HEADER)
                .header("node-2")
                .goesTo("3", NONE);
        on("R10", "rebalance, maintenance", "/")
                .in(REBALANCE_2_MAINT)
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", NONE);
        on("R10", "rebalance passes draining nodes over", "/")
                .in(REBALANCE_2_DOWN_1_DRAIN)
                .cookie("gcbSessionServer=node-2")
                .goesTo("3", NONE);
        on("R10", "rebalance leaves the others", "/")
                .in(REBALANCE_2_DOWN)
                .cookie("gcbSessionServer=node-1")
                .goesTo("1", COOKIE);
        on("R10", "rebalance to the backup", "/")
                .in(REBALANCE_BACKUP_LEFT)
                .cookie("gcbSessionServer=node-2")
                .goesTo("N.4_x-y", NONE);
        on("R18", "rebalance, nobody ready", "/")
                .in(REBALANCE_NONE_LEFT)
                .cookie("gcbSessionServer=node-2")
                .noNode();
        on("R12", "rebalance, draining keeps its own", "/")
                .in(REBALANCE_NONE_LEFT)
                .cookie("gcbSessionServer=node-3")
                .goesTo("3", COOKIE);
    }

    private void sessionStarts() {
        start("creation", CREATE).in(NODE_2_DOWN).goesToAnyOf("1 3");
        start("chat creation", CREATE_CHAT).in(NODE_2_DOWN).goesToAnyOf("1 3");
        start("handshake", HANDSHAKE).in(NODE_2_DOWN).goesToAnyOf("1 3");
        start("creation, maintenance", CREATE).in(NODE_2_MAINT).goesToAnyOf("1 3");
        start("handshake, maintenance", HANDSHAKE).in(NODE_2_MAINT).goesToAnyOf("1 3");
        start("creation, rebalance", CREATE).in(REBALANCE_2_DOWN).goesToAnyOf("1 3");
        start("with a query", CREATE + "?a=b").in(NODE_2_DOWN).goesToAnyOf("1 3");
        start("creation, ready", CREATE).goesTo("2", COOKIE);
        start("creation, draining", CREATE).in(NODE_2_DRAIN).goesToAnyOf("1 3");
        start("chat creation, draining", CREATE_CHAT).in(NODE_2_DRAIN).goesToAnyOf("1 3");
        start("handshake, draining: may be of a running session", HANDSHAKE)
                .in(NODE_2_DRAIN)
                .goesTo("2", COOKIE);
        start("URL wins", CREATE + "?co-browse-node-id=2").in(NODE_2_DOWN).nodeDown("2", URL, EXPIRED);
        start("URL wins, draining", CREATE + "?co-browse-node-id=2")
                .in(NODE_2_DRAIN)
                .goesTo("2", URL);
        start("upgrade never matches", HANDSHAKE).in(NODE_2_DOWN).upgrade().nodeDown("2", COOKIE, EXPIRED);
        start("upgrade never matches, draining", CREATE)
                .in(NODE_2_DRAIN)
                .upgrade()
                .goesTo("2", COOKIE);
        start("another method", CREATE).in(NODE_2_DOWN).method("GET").nodeDown("2", COOKIE, EXPIRED);
        start("method is case-sensitive", CREATE).in(NODE_2_DOWN).method("Post").nodeDown("2", COOKIE, EXPIRED);
        start("slash behind", CREATE + "/").in(NODE_2_DOWN).nodeDown("2", COOKIE, EXPIRED);
        start("longer path", CREATE + "/1").in(NODE_2_DOWN).nodeDown("2", COOKIE, EXPIRED);
        start("path parameter", CREATE + ";a=b").in(NODE_2_DOWN).nodeDown("2", COOKIE, EXPIRED);
        start("path is not decoded", "/cobrowse/rest/live/%73essions")
                .in(NODE_2_DOWN)
                .nodeDown("2", COOKIE, EXPIRED);
        start("path is not normalised", "/cobrowse//rest/live/sessions")
                .in(NODE_2_DOWN)
                .refusedBy(JETTY)
                .nodeDown("2", COOKIE, EXPIRED);
        start("path is case-sensitive", "/Cobrowse/rest/live/sessions")
                .in(NODE_2_DOWN)
                .nodeDown("2", COOKIE, EXPIRED);
        start("configured one", "/start")
                .in(NODE_2_DOWN_OWN_START)
                .method("PUT")
                .goesToAnyOf("1 3");
        start("default where another is configured", CREATE)
                .in(NODE_2_DOWN_OWN_START)
                .nodeDown("2", COOKIE, EXPIRED);
        start("several unavailable", CREATE).in(NODES_1_2_DOWN).goesTo("3", NONE);
        start("backup left", CREATE).in(BACKUP_LEFT).goesTo("N.4_x-y", NONE);
        start("nobody left", CREATE).in(NONE_LEFT).noNode();
    }

    private void draining() {
        on("R12", "cookie", "/")
                .in(NODE_2_DRAIN)
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
        on("R12", "URL", "/?co-browse-node-id=2").in(NODE_2_DRAIN).goesTo("2", URL);
        on("R12", "nothing new", "/").in(NODE_2_DRAIN).goesToAnyOf("1 3");
        on("R12", "upgrade", "/cobrowse/cometd")
                .in(NODE_2_DRAIN)
                .upgrade()
                .cookie("gcbSessionServer=node-2")
                .goesTo("2", COOKIE);
    }

    private void noAffinity() {
        on("R17", "primaries only", "/").goesToAnyOf(PRIMARIES);
        on("R17", "backup once no primary is ready", "/").in(BACKUP_LEFT).goesTo("N.4_x-y", NONE);
        on("R17", "backup keeps its own", "/")
                .cookie("gcbSessionServer=eu.node-4")
                .goesTo("N.4_x-y", COOKIE);
        on("R18", "nobody ready", "/").in(NONE_LEFT).noNode();
        on("R18", "nobody ready, unknown cookie", "/")
                .in(NONE_LEFT)
                .cookie("gcbSessionServer=node-9")
                .noNode();
    }

    private void singleNode() {
        on("R20", "no affinity", "/").in(SINGLE).goesTo("1", NONE);
        on("R20", "cookie", "/").in(SINGLE).cookie("gcbSessionServer=node-1").goesTo("1", COOKIE);
        on("R20", "URL", "/?co-browse-node-id=1").in(SINGLE).goesTo("1", URL);
        on("R20", "unknown URL", "/?co-browse-node-id=2").in(SINGLE).unknownNode();
        on("R20", "unknown cookie", "/")
                .in(SINGLE)
                .cookie("gcbSessionServer=node-2")
                .goesTo("1", NONE);
        on("R20", "down, cookie", "/")
                .in(SINGLE_DOWN)
                .cookie("gcbSessionServer=node-1")
                .nodeDown("1", COOKIE, EXPIRED);
        on("R20", "down, URL", "/?co-browse-node-id=1").in(SINGLE_DOWN).nodeDown("1", URL, null);
        on("R20", "down, no affinity", "/").in(SINGLE_DOWN).noNode();
        on("R20", "down, session start", CREATE)
                .in(SINGLE_DOWN)
                .method("POST")
                .cookie("gcbSessionServer=node-1")
                .noNode();
        on("R20", "draining, cookie", "/")
                .in(SINGLE_DRAIN)
                .cookie("gcbSessionServer=node-1")
                .goesTo("1", COOKIE);
        on("R20", "draining, nothing new", "/").in(SINGLE_DRAIN).noNode();
    }

    private Draft on(String rule, String what, String target) {
        return new Draft(rule, what, target);
    }

    private Draft cookie(String what, String field) {
        return on("R3", what, "/").cookie(field);
    }

    private Draft start(String what, String target) {
        return on("R11", what, target).method("POST").cookie("gcbSessionServer=node-2");
    }

    /** A case in the making; the last method says what is expected, and adds the case. */
    private final class Draft {
        private final String rule;
        private final String what;
        private final String target;
        private final List<String> cookieFields = new ArrayList<>();
        private final List<String> headerFields = new ArrayList<>();
        private Setup setup = ALL_READY;
        private String method = "GET";
        private boolean upgrade;
        private Set<Refuser> refusedBy = Set.of();

        Draft(String rule, String what, String target) {
            this.rule = rule;
            this.what = what;
            this.target = target;
        }

        Draft in(Setup setup) {
            this.setup = setup;
            return this;
        }

        Draft method(String method) {
            this.method = method;
            return this;
        }

        Draft cookie(String field) {
            cookieFields.add(field);
            return this;
        }

        Draft header(String field) {
            headerFields.add(field);
            return this;
        }

        Draft upgrade() {
            upgrade = true;
            return this;
        }

        Draft refusedBy(Refuser... refusers) {
            refusedBy = Set.of(refusers);
            return this;
        }

        void goesTo(String node, Affinity affinity) {
            expect(Outcome.FORWARD, Set.of(node), affinity, null);
        }

        void goesToAnyOf(String nodes) {
            expect(Outcome.FORWARD, Set.of(nodes.split(" ")), NONE, null);
        }

        void nodeDown(String node, Affinity affinity, @Nullable String expiredCookie) {
            expect(Outcome.NODE_DOWN, Set.of(node), affinity, expiredCookie);
        }

        void unknownNode() {
            expect(Outcome.UNKNOWN_NODE, Set.of(), NONE, null);
        }

        void noNode() {
            expect(Outcome.NO_NODE, Set.of(), NONE, null);
        }

        private void expect(Outcome outcome, Set<String> nodes, Affinity affinity, @Nullable String expiredCookie) {
            Expected expected = new Expected(outcome, nodes, affinity, expiredCookie);
            cases.add(new RoutingCase(
                    rule,
                    what,
                    setup,
                    method,
                    target,
                    List.copyOf(cookieFields),
                    List.copyOf(headerFields),
                    upgrade,
                    expected,
                    refusedBy));
        }
    }
}

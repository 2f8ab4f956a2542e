package io.cobrowse.sticky.filter;

import io.cobrowse.sticky.routing.AnyNode;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.SessionStart;
import io.cobrowse.sticky.routing.Stickiness;
import io.cobrowse.sticky.routing.Stickiness.OnNodeDown;
import io.cobrowse.sticky.routing.Stickiness.OnUnknownNode;
import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the init-params that {@link StickinessFilter} documents. Every error is collected; {@link #read} throws once with
 * all of them.
 */
final class InitParameters {
    private static final String NODE_SYNTAX = "id [cookie|cookie...] url [weight=1..256] [backup]";

    private final FilterConfig config;
    private final List<String> errors = new ArrayList<>();
    private final Set<String> unread;
    private final Set<String> known = new TreeSet<>();

    private final @Nullable Router router;
    private final int retryAfterSeconds;
    private final CorsErrors corsErrors;

    /**
     * Reads the init-params.
     *
     * @throws ServletException if one is wrong, unknown or missing; the message has one line for each error: name,
     *     value, what is allowed
     */
    static InitParameters read(FilterConfig config) throws ServletException {
        InitParameters parameters = new InitParameters(config);
        if (!parameters.errors.isEmpty()) {
            throw new ServletException("StickinessFilter cannot start, its init-params have errors:\n"
                    + String.join("\n", parameters.errors));
        }
        return parameters;
    }

    private InitParameters(FilterConfig config) {
        this.config = config;
        this.unread = new TreeSet<>(Collections.list(config.getInitParameterNames()));
        Stickiness stickiness = readStickiness();
        Balance balance = readChoice("balance", Balance.ROUND_ROBIN);
        retryAfterSeconds = readRetryAfter();
        corsErrors = readCorsErrors();
        NodeTable table = readNodes();
        unread.forEach(
                name -> errors.add(name + ": there is no such init-param; there are " + String.join(", ", known)));
        router = stickiness == null || table == null ? null : new Router(stickiness, balance, table);
    }

    Router router() {
        if (router == null) {
            throw new IllegalStateException("The init-params have errors: " + errors);
        }
        return router;
    }

    int retryAfterSeconds() {
        return retryAfterSeconds;
    }

    CorsErrors corsErrors() {
        return corsErrors;
    }

    private @Nullable Stickiness readStickiness() {
        Stickiness defaults = Stickiness.DEFAULTS;
        boolean routeSuffix = readFlag("route-suffix");
        boolean exposeRoute = readFlag("expose-route");
        OnNodeDown onNodeDown = readChoice("on-node-down", defaults.onNodeDown());
        OnUnknownNode onUnknownNode = readChoice("on-unknown-node", defaults.onUnknownNode());
        boolean referer = readFlag("referer");
        List<SessionStart> sessionStart = readRequests("session-start", SessionStart::new, SessionStart.DEFAULTS);
        List<AnyNode> anyNode = readRequests("any-node", AnyNode::new, AnyNode.DEFAULTS);
        try {
            return new Stickiness(
                    read("cookie", defaults.cookie()),
                    read("query-parameter", defaults.queryParameter()),
                    read("header"),
                    routeSuffix,
                    onNodeDown,
                    onUnknownNode,
                    sessionStart,
                    read("cookie-path", defaults.cookiePath()),
                    read("cookie-domain"),
                    read("cookie-attributes"),
                    exposeRoute,
                    referer,
                    anyNode);
        } catch (IllegalArgumentException e) {
            addErrors("", e);
            return null;
        }
    }

    /** Reads entries of {@code METHOD /path}. */
    private <T> List<T> readRequests(String name, BiFunction<String, String, T> make, List<T> defaults) {
        String value = read(name);
        if (value == null) {
            return defaults;
        }
        List<T> requests = new ArrayList<>();
        for (String entry : entries(value)) {
            String[] fields = fields(entry);
            try {
                requests.add(make.apply(fields[0], fields.length == 2 ? fields[1] : ""));
            } catch (IllegalArgumentException e) {
                addErrors("", e);
            }
        }
        return requests;
    }

    private @Nullable NodeTable readNodes() {
        String value = read("nodes", "");
        int errorsBefore = errors.size();
        List<Node> nodes = new ArrayList<>();
        for (String entry : entries(value)) {
            readNode(nodes, entry);
        }
        if (errors.size() > errorsBefore) {
            return null;
        }
        try {
            return NodeTable.of(nodes);
        } catch (IllegalArgumentException e) {
            addErrors("nodes: ", e);
            return null;
        }
    }

    private void readNode(List<Node> nodes, String entry) {
        String prefix = "nodes \"" + entry + "\": ";
        List<String> fields = List.of(fields(entry));
        int url = fields.size() > 1 && fields.get(1).contains("://") ? 1 : 2;
        if (fields.size() <= url) {
            errors.add(prefix + "allowed is " + NODE_SYNTAX);
            return;
        }
        int weight = 1;
        boolean backup = false;
        for (String option : fields.subList(url + 1, fields.size())) {
            if (option.equals("backup")) {
                backup = true;
            } else if (option.matches("weight=[0-9]{1,9}")) {
                weight = Integer.parseInt(option.substring("weight=".length()));
            } else {
                errors.add(prefix + "\"" + option + "\": allowed is weight=1..256 or backup");
            }
        }
        List<String> cookies = List.of(fields.get(url - 1).split("\\|", -1));
        try {
            nodes.add(new Node(fields.get(0), cookies, readUrl(prefix, fields.get(url)), weight, backup));
        } catch (IllegalArgumentException e) {
            addErrors(prefix, e);
        }
    }

    private URI readUrl(String prefix, String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            errors.add(prefix + "url \"" + url + "\": allowed is a URL; " + e.getReason());
            return URI.create("http://unreadable"); // so that what stands beside it is checked all the same
        }
    }

    private void addErrors(String prefix, IllegalArgumentException e) {
        String.valueOf(e.getMessage()).lines().forEach(error -> errors.add(prefix + error));
    }

    private int readRetryAfter() {
        String value = read("retry-after");
        if (value == null) {
            return StickinessFilter.DEFAULT_RETRY_AFTER_SECONDS;
        }
        if (!value.matches("0*[1-9][0-9]{0,8}")) {
            errors.add("retry-after \"" + value + "\": allowed is a whole number of seconds, 1 or more");
            return StickinessFilter.DEFAULT_RETRY_AFTER_SECONDS;
        }
        return Integer.parseInt(value);
    }

    private CorsErrors readCorsErrors() {
        try {
            return CorsErrors.of(entries(read("cors-errors", "reflect")));
        } catch (IllegalArgumentException e) {
            addErrors("cors-errors ", e);
            return CorsErrors.OFF;
        }
    }

    private boolean readFlag(String name) {
        String value = read(name, "false");
        if (!value.equals("true") && !value.equals("false")) {
            errors.add(name + " \"" + value + "\": allowed is true or false");
        }
        return value.equals("true");
    }

    private <E extends Enum<E>> E readChoice(String name, E defaultChoice) {
        String value = read(name, text(defaultChoice));
        List<String> allowed = new ArrayList<>();
        for (E choice : defaultChoice.getDeclaringClass().getEnumConstants()) {
            if (text(choice).equals(value)) {
                return choice;
            }
            allowed.add(text(choice));
        }
        errors.add(name + " \"" + value + "\": allowed is " + String.join(", ", allowed));
        return defaultChoice;
    }

    private @Nullable String read(String name) {
        unread.remove(name);
        known.add(name);
        String value = config.getInitParameter(name);
        return value == null ? null : value.strip();
    }

    private String read(String name, String defaultValue) {
        String value = read(name);
        return value == null ? defaultValue : value;
    }

    private static String text(Enum<?> choice) {
        return choice.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static List<String> entries(String value) {
        return Arrays.stream(value.split("[\n,]"))
                .map(String::strip)
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    private static String[] fields(String entry) {
        return entry.split("\\s+");
    }
}

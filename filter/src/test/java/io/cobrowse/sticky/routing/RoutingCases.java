package io.cobrowse.sticky.routing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.cobrowse.sticky.routing.Route.Outcome;
import io.cobrowse.sticky.routing.RoutingCase.Expected;
import io.cobrowse.sticky.routing.RoutingCase.Member;
import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The routing rules as a table of cases, for everything that routes. The table explains its columns. */
public final class RoutingCases {
    private static final String TABLE = "routing-cases.txt";
    private static final List<Member> CLUSTER = List.of(
            new Member("1", List.of("node-1"), false),
            new Member("2", List.of("node-2", "old-2"), false),
            new Member("3", List.of("node-3"), false),
            new Member("N.4_x-y", List.of("eu.node-4"), true));
    private static final String EXPIRED_COOKIE =
            "gcbSessionServer=; Path=/; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT";
    private static final Pattern WITH_NODE = Pattern.compile(
            "(?<what>node|down) (?<ids>.+) by (?<by>url|referer|cookie|header|none)(, (?<expires>expires the cookie)|, sets (?<sets>.+))?");

    private final Map<String, Setup> setups = new HashMap<>();
    private final List<RoutingCase> cases = new ArrayList<>();

    private RoutingCases() {}

    /** Returns the cases, in the order of the table. */
    public static List<RoutingCase> all() {
        RoutingCases table = new RoutingCases();
        for (String line : read().lines().toList()) {
            if (!line.isEmpty() && !line.startsWith("#")) {
                table.add(line);
            }
        }
        return List.copyOf(table.cases);
    }

    private static String read() {
        try (InputStream table = Objects.requireNonNull(RoutingCases.class.getResourceAsStream(TABLE), TABLE)) {
            return new String(table.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(String line) {
        try {
            List<String> columns = split(line, "|");
            switch (columns.size()) {
                case 4 -> addSetup(columns);
                case 6 -> addCase(columns, "");
                case 7 -> addCase(columns, columns.get(6));
                default -> throw new IllegalArgumentException("it has " + columns.size() + " columns");
            }
        } catch (RuntimeException e) {
            throw new IllegalStateException(TABLE + " cannot be read at: " + line, e);
        }
    }

    private void addSetup(List<String> columns) {
        Map<String, NodeState> states = pairs(columns.get(2)).entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, entry -> constant(NodeState.class, entry.getValue())));
        List<Member> members = CLUSTER.subList(0, Integer.parseInt(columns.get(1)));
        setups.put(columns.get(0), new Setup(columns.get(0), pairs(columns.get(3)), members, states));
    }

    private void addCase(List<String> columns, String refusers) {
        String[] request = columns.get(3).split(" ", 2);
        List<String> fields = split(columns.get(4), "+");
        cases.add(new RoutingCase(
                columns.get(0),
                columns.get(1),
                Objects.requireNonNull(setups.get(columns.get(2)), "setup"),
                request[0],
                request[1],
                valuesOf("Cookie", fields),
                valuesOf(RoutingCase.HEADER, fields),
                others(fields),
                !valuesOf("Upgrade", fields).isEmpty(),
                expected(columns.get(5)),
                Arrays.stream(refusers.split(" "))
                        .filter(name -> !name.isEmpty())
                        .map(Refuser::valueOf)
                        .collect(Collectors.toSet())));
    }

    private static Expected expected(String outcome) {
        Matcher withNode = WITH_NODE.matcher(outcome);
        if (!withNode.matches()) {
            Outcome answer = constant(Outcome.class, outcome.replace(' ', '_'));
            return new Expected(answer, Set.of(), Affinity.NONE, List.of());
        }
        return new Expected(
                withNode.group("what").equals("node") ? Outcome.FORWARD : Outcome.NODE_DOWN,
                Set.of(withNode.group("ids").split(" ")),
                constant(Affinity.class, withNode.group("by")),
                expiredCookies(withNode));
    }

    private static List<String> expiredCookies(Matcher withNode) {
        String sets = withNode.group("sets");
        if (sets != null) {
            return List.of(sets.split(" and "));
        }
        return withNode.group("expires") == null ? List.of() : List.of(EXPIRED_COOKIE);
    }

    private static List<String> others(List<String> fields) {
        return fields.stream()
                .filter(line -> !line.isEmpty() && !line.matches("(Cookie|Upgrade|" + RoutingCase.HEADER + "):.*"))
                .toList();
    }

    private static List<String> valuesOf(String field, List<String> fields) {
        String prefix = field + ":";
        return fields.stream()
                .filter(line -> line.startsWith(prefix))
                .map(line -> line.substring(prefix.length()).strip().translateEscapes())
                .toList();
    }

    private static Map<String, String> pairs(String text) {
        return Arrays.stream(text.split(", "))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> entry.split("=", 2))
                .collect(Collectors.toMap(entry -> entry[0], entry -> entry[1]));
    }

    /** Splits at a separator between blanks, and trims the parts. */
    private static List<String> split(String text, String separator) {
        String alone = "(?<=^| )" + Pattern.quote(separator) + "(?= |$)";
        return Arrays.stream(text.split(alone, -1)).map(String::strip).toList();
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
    }
}

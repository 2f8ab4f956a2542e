package io.cobrowse.sticky.scan;

import java.util.ArrayList;
import java.util.List;

/** Simple scanners for comparison: split, trim, compare. */
final class ReferenceScanners {

    private ReferenceScanners() {}

    /** Returns the slices of all values of a cookie whose pair's name begins at or after an index. */
    static List<Long> cookies(String field, String name, int from) {
        List<Long> found = new ArrayList<>();
        int start = 0;
        for (String pair : field.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals >= 0 && trim(pair.substring(0, equals)).equals(name)) {
                int nameStart = start + leadingBlanks(pair);
                String rest = pair.substring(equals + 1);
                String value = trim(rest);
                int valueStart = start + equals + 1 + leadingBlanks(rest);
                if (value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")) {
                    value = value.substring(1, value.length() - 1);
                    valueStart++;
                }
                if (!value.isEmpty() && nameStart >= from) {
                    found.add(Slice.of(valueStart, valueStart + value.length()));
                }
            }
            start += pair.length() + 1;
        }
        return found;
    }

    /** Returns the slices of all values of a parameter whose pair begins at or after an index. */
    static List<Long> parameters(String query, String name, int from) {
        List<Long> found = new ArrayList<>();
        int start = 0;
        for (String pair : query.split("&", -1)) {
            int valueStart = start + name.length() + 1;
            if (pair.startsWith(name + "=") && pair.length() > name.length() + 1 && start >= from) {
                found.add(Slice.of(valueStart, start + pair.length()));
            }
            start += pair.length() + 1;
        }
        return found;
    }

    private static String trim(String text) {
        return text.replaceAll("^[ \t]+|[ \t]+\\z", "");
    }

    private static int leadingBlanks(String text) {
        return text.length() - text.replaceAll("^[ \t]+", "").length();
    }
}

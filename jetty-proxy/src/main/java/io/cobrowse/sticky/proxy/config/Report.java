package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects what is to be said about one configuration, so that it is all said at once. Not thread-safe. */
final class Report {
    /** Stands where a secret would. */
    static final String MASK = "***";

    private static final int MAX_VALUE_CHARS = 120;
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    private record Finding(int line, String text) {}

    private final @Nullable String file;
    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    /** Makes a report about a file; null where there is none. */
    Report(@Nullable String file) {
        this.file = file;
    }

    /** Adds {@code file:line: key: value: allowed}; the value is shown as it is given here. */
    void error(int line, String key, String value, String allowed) {
        errors.add(new Finding(line, key + ": " + value + ": " + allowed));
    }

    /** Adds an error about the line itself, such as a syntax error. */
    void error(int line, String text) {
        errors.add(new Finding(line, text));
    }

    void warning(int line, String key, String text) {
        warnings.add(new Finding(line, key + ": " + text));
    }

    List<String> warnings() {
        return lines(warnings);
    }

    void throwIfErrors() throws ConfigException {
        if (!errors.isEmpty()) {
            throw new ConfigException(lines(errors));
        }
    }

    /** Returns the text in quotes and on one line, shortened where it is long, without a URL's user and password. */
    static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        String shown = USER_INFO.matcher(text).replaceAll("//" + MASK + "@");
        shown.codePoints().limit(MAX_VALUE_CHARS).forEach(c -> {
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                quoted.append(String.format("\\u%04x", c));
            } else {
                quoted.appendCodePoint(c);
            }
        });
        return quoted.append(shown.codePointCount(0, shown.length()) > MAX_VALUE_CHARS ? "...\"" : "\"")
                .toString();
    }

    private List<String> lines(List<Finding> findings) {
        return findings.stream()
                .sorted(Comparator.comparingInt(Finding::line))
                .map(finding -> (file == null ? "" : file + ":" + finding.line() + ": ") + finding.text())
                .toList();
    }
}

package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Collects the errors and warnings of one configuration, so that all are reported at once. Not thread-safe. */
final class Report {
    /** The text shown instead of a secret. */
    static final String MASK = "***";

    private static final int MAX_VALUE_CHARS = 120;
    private static final Pattern USER_INFO = Pattern.compile("//[^/@]*@");

    private record Finding(int line, String text) {}

    private final @Nullable String file;
    private final List<Finding> errors = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    /** Creates a report about a file; null if the configuration is not from a file. */
    Report(@Nullable String file) {
        this.file = file;
    }

    /** Adds {@code file:line: key: value: allowed}. The value is shown as given. */
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

    /**
     * Returns the text in quotes and on one line. Long text is shortened, and the user and password of a URL are
     * masked.
     */
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

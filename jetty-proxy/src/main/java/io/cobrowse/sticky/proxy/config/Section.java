package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A mapping of a configuration, read key by key. Errors go to the report, and reading continues. On {@link #close},
 * every key that was never read is reported as unknown. Not thread-safe.
 */
final class Section implements AutoCloseable {
    /** Far above what any key needs. The length must be bounded, since patterns recurse on what they match. */
    private static final int MAX_VALUE_CHARS = 1024;

    private record Entry(int line, Tree node) {}

    private final String path;
    private final int line;
    private final Report report;
    private final @Nullable Function<String, @Nullable String> environment;
    private final Map<String, Entry> entries = new LinkedHashMap<>();
    private final Set<String> known = new LinkedHashSet<>();
    private boolean isMapping = true;

    private Section(String path, int line, Report report, @Nullable Function<String, @Nullable String> environment) {
        this.path = path;
        this.line = line;
        this.report = report;
        this.environment = environment;
    }

    /**
     * Creates the section of the whole document.
     *
     * @param path the prefix of each key in messages
     * @param environment the values of variables; null if references in texts are not replaced
     */
    static Section root(
            String path, Tree node, Report report, @Nullable Function<String, @Nullable String> environment) {
        Section root = new Section(path, Math.max(1, node.line()), report, environment);
        root.add(node);
        return root;
    }

    /** Returns the value, or the fallback if it is absent or invalid. */
    <T> T get(String key, Format<T> format, T fallback) {
        T value = find(key, format);
        return value == null ? fallback : value;
    }

    /** Returns the value, or null if it is absent or invalid. */
    <T> @Nullable T find(String key, Format<T> format) {
        Entry entry = entry(key);
        return entry == null ? null : scalar(path(key), entry.line, entry.node, format);
    }

    /** Returns the value, or null if it is invalid; an absent value is an error. */
    <T> @Nullable T require(String key, Format<T> format) {
        if (entry(key) == null) {
            missing(key, format.allowed());
        }
        return find(key, format);
    }

    /** Returns the valid values of a list, or the fallback if it is absent. */
    <T> List<T> list(String key, Format<T> format, int minSize, List<T> fallback) {
        Entry entry = entry(key);
        return entry == null ? fallback : elements(key, entry, format, minSize);
    }

    /** Returns the valid values of a list, or a single value as a list; empty if it is absent. */
    <T> List<T> oneOrMore(String key, Format<T> format) {
        Entry entry = entry(key);
        if (entry == null) {
            return List.of();
        }
        if (entry.node instanceof Tree.Sequence) {
            return elements(key, entry, format, 1);
        }
        T value = scalar(path(key), entry.line, entry.node, format);
        return value == null ? List.of() : List.of(value);
    }

    /** Returns the section under the key, without keys if it is absent. */
    Section section(String key) {
        Entry entry = entry(key);
        Section section = new Section(path(key), entry == null ? line : entry.line, report, environment);
        if (entry != null) {
            section.add(entry.node);
        }
        return section;
    }

    /** Returns the sections of the list under the key; an empty list is an error, an absent one is not. */
    List<Section> sections(String key) {
        Entry entry = entry(key);
        List<Section> sections = new ArrayList<>();
        if (entry != null) {
            for (Tree node : sequence(key, entry, 1)) {
                Section section =
                        new Section(path(key) + "[" + sections.size() + "]", node.line(), report, environment);
                section.add(node);
                sections.add(section);
            }
        }
        return sections;
    }

    /** Returns the valid entries of a mapping with arbitrary keys; empty if it is absent. */
    Map<String, String> texts(String key, Format<String> keys, Format<String> values) {
        Map<String, String> texts = new LinkedHashMap<>();
        Section section = section(key);
        section.entries.forEach((name, entry) -> {
            String known = keys.parser().apply(name);
            if (known == null) {
                report.error(entry.line, section.path(name), Report.quote(name), keys.allowed());
                return;
            }
            String value = scalar(section.path(name), entry.line, entry.node, values);
            if (value != null) {
                texts.put(name, value);
            }
        });
        return texts;
    }

    /** Reports a value that is invalid for a reason that its format does not cover. */
    void wrong(String key, String value, String allowed) {
        report.error(line(key), path(key), Report.quote(value), allowed);
    }

    boolean has(String key) {
        return entry(key) != null;
    }

    boolean isList(String key) {
        Entry entry = entry(key);
        return entry != null && entry.node instanceof Tree.Sequence;
    }

    /** Returns the line of the key, or of the section if the key is absent. */
    int line(String key) {
        Entry entry = entries.get(key);
        return entry == null ? line : entry.line;
    }

    String path(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }

    void missing(String key, String allowed) {
        if (isMapping) { // Otherwise one mistake would be reported several times.
            report.error(line, path(key), "missing", allowed);
        }
    }

    /** Reports the unknown keys. */
    @Override
    public void close() {
        entries.forEach((key, entry) -> {
            if (known.contains(key)) {
                return;
            }
            String nearest = NearestKey.of(key, known);
            String suggestion = nearest == null ? "" : "did you mean " + nearest + "? ";
            // The value is not shown: a misspelt key may hold a secret.
            report.error(entry.line, path(key), "unknown key", suggestion + "known here: " + String.join(", ", known));
        });
    }

    private @Nullable Entry entry(String key) {
        known.add(key);
        return entries.get(key);
    }

    private void add(Tree node) {
        if (node instanceof Tree.Mapping mapping) {
            mapping.entries().forEach(this::add);
        } else if (!isBlank(node)) {
            isMapping = false;
            report.error(line, where(), describe(path, node), "a mapping of keys to values");
        }
    }

    private void add(Tree.Entry entry) {
        String key = entry.key();
        if (key == null) {
            report.error(entry.line(), where(), "a list or a mapping as a key", "keys are text");
            return;
        }
        Entry earlier = entries.putIfAbsent(key, new Entry(entry.line(), entry.value()));
        if (earlier != null) {
            report.error(entry.line(), path(key), "duplicate key", "it is on line " + earlier.line + " already");
        }
    }

    private <T> List<T> elements(String key, Entry entry, Format<T> format, int minSize) {
        List<T> values = new ArrayList<>();
        int index = 0;
        for (Tree node : sequence(key, entry, minSize)) {
            T value = scalar(path(key) + "[" + index + "]", node.line(), node, format);
            if (value != null) {
                values.add(value);
            }
            index++;
        }
        return values;
    }

    private List<Tree> sequence(String key, Entry entry, int minSize) {
        String allowed = minSize == 0 ? "a list" : "a list of at least " + minSize;
        if (!(entry.node instanceof Tree.Sequence sequence)) {
            report.error(entry.line, path(key), describe(path(key), entry.node), allowed);
            return List.of();
        }
        if (sequence.items().size() < minSize) {
            report.error(entry.line, path(key), "an empty list", allowed);
        }
        return sequence.items();
    }

    private <T> @Nullable T scalar(String where, int at, Tree node, Format<T> format) {
        if (!(node instanceof Tree.Text scalar)) {
            report.error(at, where, describe(where, node), format.allowed());
            return null;
        }
        String text = scalar.text();
        if (environment != null) {
            EnvironmentText replaced = EnvironmentText.replace(text, environment);
            replaced.errors().forEach(error -> report.error(at, where, format.show(scalar.text()), error));
            if (!replaced.errors().isEmpty()) {
                return null;
            }
            text = replaced.text();
        }
        if (text.length() > MAX_VALUE_CHARS) {
            report.error(
                    at, where, format.show(text), format.allowed() + "; at most " + MAX_VALUE_CHARS + " characters");
            return null;
        }
        T value = format.parser().apply(text);
        if (value == null) {
            report.error(at, where, format.show(text), format.allowed());
        }
        return value;
    }

    private String where() {
        return path.isEmpty() ? "the file" : path;
    }

    private static String describe(String where, Tree node) {
        if (node instanceof Tree.Text scalar) {
            // Text in place of this section may be a token whose key is missing.
            return where.equals("admin") || where.endsWith(".admin") ? "text" : Report.quote(scalar.text());
        }
        return node instanceof Tree.Sequence ? "a list" : "a mapping";
    }

    /** Claims a value that must be unique, and reports an error if it is taken; returns whether it was free. */
    boolean claim(Map<String, String> owners, String value, String key) {
        int at = line(key);
        String owner = owners.putIfAbsent(value, path(key) + (at == 0 ? "" : " on line " + at));
        if (owner != null) {
            report.error(at, path(key), Report.quote(value), "must be unique, and " + owner + " has it");
        }
        return owner == null;
    }

    /** Returns whether a key has no value, such as when everything below it is commented out. */
    private static boolean isBlank(Tree node) {
        return node instanceof Tree.Text text && text.blank();
    }
}

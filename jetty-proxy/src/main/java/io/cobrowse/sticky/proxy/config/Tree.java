package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The source of a configuration: text, lists and mappings, wherever they come from. Immutable. */
sealed interface Tree {
    /** Returns the line in the file; 0 if there is no file. */
    int line();

    /**
     * A text.
     *
     * @param blank whether there is no value at all
     */
    record Text(int line, String text, boolean blank) implements Tree {}

    /** A list. */
    record Sequence(int line, List<Tree> items) implements Tree {}

    /** A mapping, in which a key may occur twice. */
    record Mapping(int line, List<Entry> entries) implements Tree {}

    /**
     * An entry of a mapping.
     *
     * @param key null if it is not a text
     */
    record Entry(int line, @Nullable String key, Tree value) {}

    /** Returns maps, collections and scalars as a tree; maps whose keys are 0, 1, 2 and so on are lists. */
    static Tree of(@Nullable Object value) {
        if (value instanceof Map<?, ?> map && !isList(map)) {
            List<Entry> entries = new ArrayList<>();
            map.forEach((key, each) -> entries.add(new Entry(0, String.valueOf(key), of(each))));
            return new Mapping(0, List.copyOf(entries));
        }
        if (value instanceof Map<?, ?> list) {
            List<Tree> items = new ArrayList<>();
            for (int i = 0; i < list.size(); i++) {
                items.add(of(list.get(Integer.toString(i))));
            }
            return new Sequence(0, List.copyOf(items));
        }
        if (value instanceof Iterable<?> values) {
            List<Tree> items = new ArrayList<>();
            values.forEach(each -> items.add(of(each)));
            return new Sequence(0, List.copyOf(items));
        }
        return value == null
                ? new Text(0, "", true)
                : new Text(0, value.toString(), value.toString().isEmpty());
    }

    /** Returns whether a map stands for a list: some sources have no lists, and number the items. */
    private static boolean isList(Map<?, ?> map) {
        for (int i = 0; i < map.size(); i++) {
            if (!map.containsKey(Integer.toString(i))) {
                return false;
            }
        }
        return !map.isEmpty();
    }
}

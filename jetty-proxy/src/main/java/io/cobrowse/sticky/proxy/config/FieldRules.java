package io.cobrowse.sticky.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpFields;

/**
 * What becomes of fields of requests or responses (R28): the fields of {@code remove} are taken away, then those of {@code set}
 * put in the place of any of their name, then those of {@code add} added. Immutable; values are literal, names compared without
 * case.
 */
public record FieldRules(List<String> remove, Map<String, String> set, Map<String, String> add) {
    /** Changes nothing. */
    public static final FieldRules NONE = new FieldRules(List.of(), Map.of(), Map.of());

    /** Fields that belong to a connection, delimit messages, or tell of the way that a request has come. */
    private static final Set<String> UNTOUCHABLE = untouchable(
            "Connection",
            "Keep-Alive",
            "Proxy-Connection",
            "Proxy-Authenticate",
            "Proxy-Authorization",
            "TE",
            "Trailer",
            "Transfer-Encoding",
            "Upgrade",
            "Content-Length",
            "Host",
            "Forwarded",
            "X-Forwarded-For",
            "X-Forwarded-Proto",
            "X-Forwarded-Host");

    public FieldRules {
        remove = List.copyOf(remove);
        set = Collections.unmodifiableMap(new LinkedHashMap<>(set));
        add = Collections.unmodifiableMap(new LinkedHashMap<>(add));
    }

    private static Set<String> untouchable(String... names) {
        Set<String> set = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
        set.addAll(List.of(names));
        return set;
    }

    /** Returns whether rules may name a field: not one of a connection, of framing, or of forwarding. */
    static boolean mayChange(String name) {
        return !UNTOUCHABLE.contains(name);
    }

    /** Returns whether this changes nothing. */
    public boolean isEmpty() {
        return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }

    /** Returns the fields as they are to be: the same object where nothing is to change. */
    public HttpFields apply(HttpFields fields) {
        if (isEmpty()) {
            return fields;
        }
        HttpFields.Mutable changed = HttpFields.build(fields);
        remove.forEach(changed::remove);
        set.forEach(changed::put);
        add.forEach(changed::add);
        return changed;
    }
}

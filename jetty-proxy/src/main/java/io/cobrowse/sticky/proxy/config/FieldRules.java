package io.cobrowse.sticky.proxy.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpFields;

/**
 * Changes the fields of requests or responses (R28). The fields in {@code remove} are removed first, then those in
 * {@code set} replace all fields of their names, then those in {@code add} are added. Values are literal; names are
 * compared without case. Immutable.
 */
public record FieldRules(List<String> remove, Map<String, String> set, Map<String, String> add) {
    /** Changes nothing. */
    public static final FieldRules NONE = new FieldRules(List.of(), Map.of(), Map.of());

    /** Fields that belong to a connection, delimit messages, or describe the way a request has come. */
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

    /**
     * Returns whether rules may change a field; fields of a connection, of framing and of forwarding may not be
     * changed.
     */
    static boolean mayChange(String name) {
        return !UNTOUCHABLE.contains(name);
    }

    /** Returns whether this changes nothing. */
    public boolean isEmpty() {
        return remove.isEmpty() && set.isEmpty() && add.isEmpty();
    }

    /** Returns the fields after the changes; the same object if nothing changes. */
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

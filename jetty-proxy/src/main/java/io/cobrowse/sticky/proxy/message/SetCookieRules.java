package io.cobrowse.sticky.proxy.message;

import io.cobrowse.sticky.proxy.config.SetCookieRule;
import io.cobrowse.sticky.proxy.config.SetCookieRule.Attribute;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites the {@code Set-Cookie} fields of nodes (R26): removes the attributes that a rule names, and appends those
 * that it sets. Name, value and everything else stay as they are, byte for byte; a field that no browser would accept
 * as a cookie passes unchanged (RFC 6265, 5.2). The first rule with the cookie's name or {@code *} applies.
 * Immutable, thread-safe.
 */
public final class SetCookieRules {
    /** The rules that change nothing. */
    public static final SetCookieRules NONE = new SetCookieRules(List.of());

    /** A rule with the text that it puts at the end. */
    private record Rule(String name, Set<Attribute> changed, String appended) {
        static Rule of(SetCookieRule rule) {
            StringBuilder appended = new StringBuilder();
            for (Map.Entry<Attribute, String> change : rule.changes().entrySet()) {
                String value = change.getValue();
                if (!value.equals(SetCookieRule.REMOVE)) {
                    appended.append("; ").append(change.getKey().text());
                    if (!value.isEmpty()) {
                        appended.append('=').append(value);
                    }
                }
            }
            return new Rule(rule.name(), rule.changes().keySet(), appended.toString());
        }
    }

    private final List<Rule> rules;

    public SetCookieRules(List<SetCookieRule> rules) {
        this.rules = rules.stream().map(Rule::of).toList();
    }

    /** Returns whether this changes nothing. */
    public boolean isEmpty() {
        return rules.isEmpty();
    }

    /** Returns the value of a {@code Set-Cookie} field for the client: the same object if nothing changes. */
    public String rewrite(String field) {
        int pairEnd = end(field, 0);
        int equals = field.indexOf('=');
        int nameStart = skipBlanks(field, 0, pairEnd);
        if (equals <= nameStart || equals >= pairEnd || hasControl(field)) {
            return field;
        }
        Rule rule = rule(field, nameStart, trimEnd(field, nameStart, equals));
        return rule == null ? field : rewrite(field, pairEnd, rule);
    }

    private @Nullable Rule rule(String field, int start, int end) {
        for (Rule rule : rules) {
            boolean named = rule.name.length() == end - start && field.startsWith(rule.name, start);
            if (named || rule.name.equals(SetCookieRule.ANY)) {
                return rule;
            }
        }
        return null;
    }

    private static String rewrite(String field, int pairEnd, Rule rule) {
        StringBuilder rewritten = new StringBuilder(field.length() + rule.appended.length()).append(field, 0, pairEnd);
        int start = pairEnd;
        while (start < field.length()) {
            int end = end(field, start + 1);
            Attribute attribute = attribute(field, start + 1, end);
            if (attribute == null || !rule.changed.contains(attribute)) {
                rewritten.append(field, start, end);
            }
            start = end;
        }
        return rewritten.append(rule.appended).toString();
    }

    private static @Nullable Attribute attribute(String field, int from, int to) {
        int equals = field.indexOf('=', from);
        int start = skipBlanks(field, from, to);
        int end = trimEnd(field, start, equals < 0 ? to : Math.min(equals, to));
        return Attribute.of(field, start, end);
    }

    /** Returns the index of the {@code ;} at or after an index, or the field's length. */
    private static int end(String field, int from) {
        int semicolon = field.indexOf(';', from);
        return semicolon < 0 ? field.length() : semicolon;
    }

    private static int skipBlanks(String field, int from, int to) {
        int start = from;
        while (start < to && isBlank(field.charAt(start))) {
            start++;
        }
        return start;
    }

    private static int trimEnd(String field, int from, int to) {
        int end = to;
        while (end > from && isBlank(field.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean hasControl(String field) {
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if ((c < ' ' && c != '\t') || c == '\u007f') {
                return true;
            }
        }
        return false;
    }
}

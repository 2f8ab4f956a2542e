package io.cobrowse.sticky.proxy.config;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A scalar after its references to the environment have been replaced, once: references in the values of variables are
 * not replaced.
 *
 * @param text the text after replacement; meaningless if there are errors
 * @param errors the errors in the references; names variables, but never shows values
 */
record EnvironmentText(String text, List<String> errors) {
    /** {@code ${NAME}} or {@code ${NAME:default}}; the default ends at the first closing brace and may be empty. */
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{([A-Za-z_][A-Za-z0-9_]*)(?::([^{}]*))?}");

    static EnvironmentText replace(String raw, Function<String, @Nullable String> environment) {
        List<String> errors = new ArrayList<>();
        StringBuilder text = new StringBuilder();
        Matcher matcher = REFERENCE.matcher(raw);
        while (matcher.find()) {
            String name = matcher.group(1);
            String value = environment.apply(name);
            if (value == null) {
                value = matcher.group(2);
            }
            if (value == null) {
                errors.add("the environment variable " + name + " is not set, and there is no default as in ${" + name
                        + ":default}");
                value = "";
            }
            matcher.appendReplacement(text, Matcher.quoteReplacement(value));
        }
        matcher.appendTail(text);
        if (matcher.replaceAll(" ").contains("${")) {
            errors.add("a reference is ${NAME} or ${NAME:default}, not nested; NAME of letters, digits and _");
        }
        return new EnvironmentText(text.toString(), errors);
    }
}

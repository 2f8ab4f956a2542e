package io.cobrowse.sticky.proxy.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The syntax of a value.
 *
 * @param allowed what is allowed, in the words of error messages and the configuration reference
 * @param parser returns the value, or null if the text is not allowed
 * @param secret whether the text must never be shown
 */
record Format<T>(String allowed, Function<String, @Nullable T> parser, boolean secret) {

    static <T> Format<T> of(String allowed, Function<String, @Nullable T> parser) {
        return new Format<>(allowed, parser, false);
    }

    /** A text that must match the expression as a whole. */
    static Format<String> matching(String regex, String allowed) {
        Pattern pattern = Pattern.compile(regex);
        return of(allowed, text -> pattern.matcher(text).matches() ? text : null);
    }

    static Format<Integer> wholeNumber(int min, int max) {
        return of("a whole number from " + min + " to " + max, text -> {
            Integer value = text.matches("0|[1-9][0-9]{0,8}") ? Integer.valueOf(text) : null;
            return value != null && value >= min && value <= max ? value : null;
        });
    }

    static Format<Duration> duration(Duration min, Duration max) {
        String allowed = "a whole number with a unit (ms, s, m, h), from " + DurationText.of(min) + " to "
                + DurationText.of(max);
        return of(allowed, text -> {
            Duration value = DurationText.parse(text);
            return value != null && value.compareTo(min) >= 0 && value.compareTo(max) <= 0 ? value : null;
        });
    }

    /** A number of bytes. */
    static Format<Long> size(long min, long max) {
        String allowed =
                "a whole number with a unit (B, KiB, MiB, GiB), from " + SizeText.of(min) + " to " + SizeText.of(max);
        return of(allowed, text -> {
            Long value = SizeText.parse(text);
            return value != null && value >= min && value <= max ? value : null;
        });
    }

    /** One of the constants by its {@link #kebab} name. */
    static <E extends Enum<E>> Format<E> oneOf(Class<E> type) {
        E[] constants = type.getEnumConstants();
        String allowed = Arrays.stream(constants).map(Format::kebab).collect(Collectors.joining(" or "));
        return of(allowed, text -> {
            for (E constant : constants) {
                if (kebab(constant).equals(text)) {
                    return constant;
                }
            }
            return null;
        });
    }

    /** Returns the name of a constant as the configuration spells it: {@code ROUND_ROBIN} is {@code round-robin}. */
    static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Format<T> asSecret() {
        return new Format<>(allowed, parser, true);
    }

    /** Returns the text as errors may show it. */
    String show(String text) {
        return secret ? Report.MASK : Report.quote(text);
    }
}

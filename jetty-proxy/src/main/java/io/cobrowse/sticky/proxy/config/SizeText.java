package io.cobrowse.sticky.proxy.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sizes in the syntax of the configuration: a whole number and a unit, {@code B}, {@code KiB}, {@code MiB} or
 * {@code GiB}.
 */
final class SizeText {
    private static final Pattern PATTERN = Pattern.compile("(0|[1-9][0-9]{0,9})(B|KiB|MiB|GiB)");
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB"};

    private SizeText() {}

    /** Returns the number of bytes, or null if the text is not a size. */
    static @Nullable Long parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long bytes = Long.parseLong(matcher.group(1));
        for (int unit = 0; !UNITS[unit].equals(matcher.group(2)); unit++) {
            bytes *= 1024;
        }
        return bytes;
    }

    /** Returns the size in the largest exact unit. */
    static String of(long bytes) {
        int unit = 0;
        long amount = bytes;
        while (unit < UNITS.length - 1 && amount != 0 && amount % 1024 == 0) {
            amount /= 1024;
            unit++;
        }
        return amount + UNITS[unit];
    }
}

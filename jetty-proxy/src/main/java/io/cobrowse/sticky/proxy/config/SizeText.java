package io.cobrowse.sticky.proxy.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Sizes as the configuration writes them: a whole number and one of the units {@code B}, {@code KiB}, {@code MiB}, {@code GiB}. */
final class SizeText {
    private static final Pattern PATTERN = Pattern.compile("(0|[1-9][0-9]{0,8})(B|KiB|MiB|GiB)");

    private SizeText() {}

    static @Nullable Long parse(String text) {
        Matcher matcher = PATTERN.matcher(text);
        if (!matcher.matches()) {
            return null;
        }
        long amount = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "B" -> amount;
            case "KiB" -> amount << 10;
            case "MiB" -> amount << 20;
            case "GiB" -> amount << 30;
            default -> throw new AssertionError(text);
        };
    }

    /** Returns the text in the largest unit that is exact. */
    static String of(long bytes) {
        int bits = bytes == 0 ? 0 : Math.min(30, Long.numberOfTrailingZeros(bytes) / 10 * 10);
        return (bytes >> bits)
                + switch (bits) {
                    case 0 -> "B";
                    case 10 -> "KiB";
                    case 20 -> "MiB";
                    default -> "GiB";
                };
    }
}

package io.cobrowse.sticky.proxy.config;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Finds the known key that a misspelt one probably stands for. Stateless. */
final class NearestKey {
    private NearestKey() {}

    /** Returns the nearest known key, or null if none is near. Case and word separators are ignored. */
    static @Nullable String of(String key, Collection<String> known) {
        String nearest = null;
        int smallest = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(plain(key), plain(candidate));
            if (distance < smallest && distance <= Math.max(1, candidate.length() / 3)) {
                smallest = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static String plain(String key) {
        String shortened = key.length() > 64 ? key.substring(0, 64) : key;
        return shortened.replaceAll("[-_ ]", "").toLowerCase(Locale.ROOT);
    }

    /** Returns the optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours. */
    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}

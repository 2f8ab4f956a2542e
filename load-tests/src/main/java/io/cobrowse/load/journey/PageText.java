package io.cobrowse.load.journey;

import java.util.random.RandomGenerator;

/** Text similar to markup, for pages and changes, which needs no escaping in JSON. Immutable. */
final class PageText {
    private static final String[] WORDS = {
        "<div class='row'>",
        "</div>",
        "<span>",
        "</span>",
        "<li id='item'>",
        "</li>",
        "name",
        "street",
        "total",
        "order"
    };

    private final String text;

    /** @param length the length of the longest text that can be taken */
    PageText(int length, RandomGenerator random) {
        StringBuilder builder = new StringBuilder(2 * length + 64);
        while (builder.length() < 2 * length + 1) {
            builder.append(WORDS[random.nextInt(WORDS.length)])
                    .append(random.nextInt(10_000))
                    .append(' ');
        }
        text = builder.toString();
    }

    /** Returns a random part of the text. */
    String take(int length, RandomGenerator random) {
        int from = random.nextInt(text.length() - length);
        return text.substring(from, from + length);
    }
}

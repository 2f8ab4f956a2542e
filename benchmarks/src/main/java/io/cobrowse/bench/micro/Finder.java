package io.cobrowse.bench.micro;

import io.cobrowse.sticky.scan.Slice;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Finds one value in a text. */
interface Finder {
    /** Returns the length of the value, 0 if there is none. This is what is timed, since it needs the whole answer. */
    int length(String text);

    /** Returns the value; null if there is none. */
    @Nullable
    String value(String text);

    /** Returns a finder for a function that returns {@link Slice}s. */
    static Finder scanning(ToLongFunction<String> find) {
        return new Scanning(find);
    }

    /** Returns a finder for a function that returns the value, or null. */
    static Finder parsing(Function<String, @Nullable String> find) {
        return new Parsing(find);
    }

    /** Finds a range of the text. */
    record Scanning(ToLongFunction<String> find) implements Finder {
        @Override
        public int length(String text) {
            long slice = find.applyAsLong(text);
            return Slice.end(slice) - Slice.start(slice);
        }

        @Override
        public @Nullable String value(String text) {
            long slice = find.applyAsLong(text);
            return slice == Slice.NONE ? null : text.substring(Slice.start(slice), Slice.end(slice));
        }
    }

    /** Finds a new {@code String}. */
    record Parsing(Function<String, @Nullable String> find) implements Finder {
        @Override
        public int length(String text) {
            String value = find.apply(text);
            return value == null ? 0 : value.length();
        }

        @Override
        public @Nullable String value(String text) {
            return find.apply(text);
        }
    }
}

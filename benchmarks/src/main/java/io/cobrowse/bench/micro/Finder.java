package io.cobrowse.bench.micro;

import io.cobrowse.sticky.scan.Slice;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Finds one value in a text. */
interface Finder {
    /** Returns the length of the value, 0 where there is none: what is timed, since it takes the whole answer. */
    int length(String text);

    /** Returns the value; null where there is none. */
    @Nullable
    String value(String text);

    /** Returns a finder that goes by a function which returns {@link Slice}s. */
    static Finder scanning(ToLongFunction<String> find) {
        return new Scanning(find);
    }

    /** Returns a finder that goes by a function which returns the value, or null. */
    static Finder parsing(Function<String, @Nullable String> find) {
        return new Parsing(find);
    }

    /** Answers with a range of the text. */
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

    /** Answers with a new {@code String}. */
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

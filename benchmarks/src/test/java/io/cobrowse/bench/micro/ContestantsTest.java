package io.cobrowse.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cobrowse.bench.micro.Corpus.Cookie;
import io.cobrowse.bench.micro.Corpus.Query;
import java.lang.management.ManagementFactory;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The timed contestants give the right answers. */
class ContestantsTest {
    private static Stream<Arguments> cookies() {
        return Arrays.stream(CookieContestant.values())
                .filter(CookieContestant::answers)
                .flatMap(each -> Arrays.stream(Cookie.values()).map(input -> Arguments.of(each, input)));
    }

    private static Stream<Arguments> queries() {
        return Arrays.stream(QueryContestant.values())
                .filter(QueryContestant::answers)
                .flatMap(each -> Arrays.stream(Query.values()).map(input -> Arguments.of(each, input)));
    }

    @ParameterizedTest
    @MethodSource("cookies")
    void shouldGiveTheAnswerOfTheCorpusExactlyForTheCookiesItIsTimedOn(CookieContestant contestant, Cookie input) {
        String value = contestant.newFinder().value(input.field());
        if (contestant.isTimedOn(input)) {
            assertThat(value).isEqualTo(input.value());
            assertThat(contestant.newFinder().length(input.field())).isEqualTo(value == null ? 0 : value.length());
        } else {
            assertThat(value).isNotEqualTo(input.value());
        }
    }

    @ParameterizedTest
    @MethodSource("queries")
    void shouldGiveTheAnswerOfTheCorpusForQueries(QueryContestant contestant, Query input) {
        String expected = input.value();
        if (expected != null && contestant.decodes()) {
            expected = URLDecoder.decode(expected, StandardCharsets.UTF_8);
        }
        assertThat(contestant.newFinder().value(input.query())).isEqualTo(expected);
        assertThat(contestant.newFinder().length(input.query())).isEqualTo(expected == null ? 0 : expected.length());
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingFindingCookiesOurWay(Cookie input) {
        Finder ours = CookieContestant.OURS.newFinder();
        assertThat(allocated(() -> ours.length(input.field()))).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingFindingParametersOurWay(Query input) {
        Finder ours = QueryContestant.OURS.newFinder();
        assertThat(allocated(() -> ours.length(input.query()))).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldAllocateNothingRouting(RouteBenchmark.By by) {
        RouteBenchmark benchmark = new RouteBenchmark();
        benchmark.by = by;
        benchmark.nodes = 100;
        benchmark.setUp();
        assertThat(allocated(() -> benchmark.route().affinity().ordinal())).isZero();
    }

    /**
     * Returns the bytes of the quietest of a few batches of calls: the JVM may allocate in some of them, but the
     * project's code would allocate in each.
     */
    private static long allocated(IntSupplier call) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        for (int batch = 0; batch < 5 && least > 0; batch++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            long results = 0;
            for (int i = 0; i < 1_000; i++) {
                results += call.getAsInt();
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            assertThat(results).isNotNegative(); // Keeps the calls from being optimised away.
        }
        return least;
    }

    /** The floor finds the name at or before the position where it counts. */
    @ParameterizedTest
    @EnumSource
    void shouldKnowTheFloorOfEveryCookieThatIsThere(Cookie input) {
        if (input.value() != null) {
            assertThat(CookieContestant.INDEX_OF.newFinder().value(input.field()))
                    .isEqualTo(Corpus.COOKIE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowTheFloorOfEveryParameterThatIsThere(Query input) {
        if (input.value() != null) {
            assertThat(QueryContestant.INDEX_OF.newFinder().value(input.query()))
                    .isEqualTo(Corpus.PARAMETER);
        }
    }

    @Test
    void shouldHaveInputsOfTheSizesTheyStandFor() {
        assertThat(Cookie.TYPICAL_MIDDLE.field()).hasSizeBetween(250, 280);
        assertThat(Corpus.typicalCookies("node-2")).isEqualTo(Cookie.TYPICAL_MIDDLE.field());
        assertThat(Cookie.ANALYTICS_LAST.field()).hasSizeBetween(3900, 4300);
        assertThat(Cookie.NEAR_MISSES.field()).hasSizeBetween(3900, 4300);
        assertThat(Cookie.HOSTILE.field()).hasSizeBetween(3900, 4300);
        assertThat(Cookie.HOSTILE_SHORT.field()).hasSizeBetween(1000, 1100);
        assertThat(Cookie.HOSTILE_LONG.field()).hasSizeBetween(15_900, 16_400);
        assertThat(Query.LONG_LAST.query()).hasSizeBetween(3900, 4300);
        assertThat(Query.NEAR_MISSES.query()).hasSizeBetween(3900, 4300);
        assertThat(Query.HOSTILE.query()).hasSizeBetween(3900, 4300);
    }
}

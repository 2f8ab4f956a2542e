package io.cobrowse.bench.suite;

import io.cobrowse.bench.fork.CalibrationBenchmark;
import io.cobrowse.bench.micro.CookieContestant;
import io.cobrowse.bench.micro.CookieScanBenchmark;
import io.cobrowse.bench.micro.Corpus;
import io.cobrowse.bench.micro.LookUpBenchmark;
import io.cobrowse.bench.micro.QueryScanBenchmark;
import io.cobrowse.bench.micro.RouteBenchmark;
import io.cobrowse.sticky.proxy.exchange.ExchangeBenchmark;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Selects the cases to measure. Stateless. */
public final class Suite {
    private Suite() {}

    /** Returns every case whose title contains a match, except contestants on inputs for which their answers differ. */
    public static List<Case> all(Pattern include) {
        Predicate<String> included = include.asPredicate();
        return Jmh.cases().stream()
                .filter(each -> included.test(each.title()) && isTimed(each))
                .toList();
    }

    /**
     * Returns the gate's cases. The whole exchange comes last, as a fork measures them all in one JVM: so much code
     * would affect how those after it are compiled.
     */
    public static List<Case> gate() {
        return List.of(
                Case.of(CalibrationBenchmark.class, "arithmetic"),
                scan(CookieScanBenchmark.class, Corpus.Cookie.TYPICAL_MIDDLE),
                scan(CookieScanBenchmark.class, Corpus.Cookie.ANALYTICS_LAST),
                scan(QueryScanBenchmark.class, Corpus.Query.TYPICAL_MIDDLE),
                Case.of(CalibrationBenchmark.class, "search"),
                Case.of(LookUpBenchmark.class, "find", "contestant", "OURS", "nodes", "100"),
                Case.of(RouteBenchmark.class, "route", "by", "COOKIE", "nodes", "100"),
                Case.of(RouteBenchmark.class, "route", "by", "ROUND_ROBIN", "nodes", "100"),
                Case.of(ExchangeBenchmark.class, "exchange", "request", "POST"));
    }

    /**
     * Returns the cases of a jar whose title contains a match; without a pattern, the gate's cases if the jar has some,
     * else all.
     */
    public static List<Case> of(List<Case> jar, @Nullable Pattern include) {
        if (include == null) {
            List<Case> gate = gate().stream()
                    .filter(each -> !each.calibrates() && jar.contains(each))
                    .toList();
            return gate.isEmpty() ? of(jar, Pattern.compile("")) : gate;
        }
        Predicate<String> included = include.asPredicate();
        return jar.stream()
                .filter(each -> !each.calibrates() && included.test(each.title()) && isTimed(each))
                .toList();
    }

    /** Returns the calibrations, by which times are divided. */
    public static List<Case> calibrations() {
        return gate().stream().filter(Case::calibrates).toList();
    }

    private static Case scan(Class<?> benchmark, Enum<?> input) {
        return Case.of(benchmark, "find", "contestant", "OURS", "input", input.name());
    }

    private static boolean isTimed(Case which) {
        return !which.benchmark().startsWith(CookieScanBenchmark.class.getName() + ".")
                || CookieContestant.valueOf(which.param("contestant"))
                        .isTimedOn(Corpus.Cookie.valueOf(which.param("input")));
    }
}

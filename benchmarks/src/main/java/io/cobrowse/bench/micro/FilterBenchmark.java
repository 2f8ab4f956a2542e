package io.cobrowse.bench.micro;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.routing.Balance;
import io.cobrowse.sticky.routing.NodeTable;
import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.Stickiness;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * What does the filter add to a request in Jetty?
 *
 * <p>Input: one real request with typical cookies, held open, which passes the filter again and again; the chain behind
 * it does nothing. Allocations of Jetty when it is asked for its fields count. Command:
 * {@code bin/cobrowse-bench run --include Filter}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // Set by JMH.
public class FilterBenchmark {
    private static final FilterChain NOTHING = (request, response) -> {};

    private HeldRequest held;
    private StickinessFilter filter;

    @Setup
    public void setUp() throws Exception {
        filter = new StickinessFilter(
                new Router(Stickiness.DEFAULTS, Balance.ROUND_ROBIN, NodeTable.of(Clusters.nodes(3))));
        held = new HeldRequest();
        doFilter();
        if (filter.router().counters().byCookie() != 1) {
            throw new IllegalStateException("The request was not routed by its cookie");
        }
    }

    @Benchmark
    public void doFilter() throws IOException, ServletException {
        filter.doFilter(held.servletRequest(), held.servletResponse(), NOTHING);
    }

    @TearDown
    public void tearDown() throws Exception {
        held.close();
    }
}

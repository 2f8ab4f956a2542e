package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cobrowse.sticky.proxy.observe.Statistics;
import io.cobrowse.sticky.routing.Router;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.HdrHistogram.AbstractHistogram;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Serves {@code GET /api/stats}: percentiles of the last ten seconds, minute and five minutes, and the counts of each
 * node. Thread-safe.
 */
final class StatsResource implements Request.Handler {
    private static final int[] TENS_OF_SECONDS = {1, 6, 30};

    private final Statistics statistics;
    private final Router router;

    StatsResource(Statistics statistics, Router router) {
        this.statistics = statistics;
        this.router = router;
    }

    /** The times of all requests, and the times and counts of each node. */
    record Stats(List<Times> all, List<NodeTimes> nodes) {}

    record NodeTimes(String id, List<Times> times, List<Statistics.Count> requests) {}

    /** Times of answered requests, without polls and tunnels; 0 if there were none. */
    record Times(
            int seconds,
            long count,
            double meanMs,
            double p50Ms,
            double p90Ms,
            double p95Ms,
            double p99Ms,
            double p999Ms,
            double maxMs) {

        static Times of(int seconds, AbstractHistogram micros) {
            return new Times(
                    seconds,
                    micros.getTotalCount(),
                    Math.round(micros.getMean()) / 1000.0,
                    millis(micros, 50),
                    millis(micros, 90),
                    millis(micros, 95),
                    millis(micros, 99),
                    millis(micros, 99.9),
                    millis(micros, 100));
        }

        static double millis(AbstractHistogram micros, double percentile) {
            return micros.getTotalCount() == 0 ? 0 : micros.getValueAtPercentile(percentile) / 1000.0;
        }
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws JsonProcessingException {
        if (!Request.getPathInContext(request).equals("/api/stats")) {
            return false;
        }
        if (Json.isGet(request, response, callback)) {
            List<NodeTimes> nodes = router.table().nodes().stream()
                    .map(node -> new NodeTimes(
                            node.id(), windows(tens -> statistics.recent(node, tens)), statistics.counts(node)))
                    .toList();
            Json.send(new Stats(windows(statistics::recent), nodes), response, callback);
        }
        return true;
    }

    private static List<Times> windows(IntFunction<AbstractHistogram> recent) {
        return IntStream.of(TENS_OF_SECONDS)
                .mapToObj(tens -> Times.of(10 * tens, recent.apply(tens)))
                .toList();
    }
}

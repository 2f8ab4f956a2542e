package io.cobrowse.sticky.proxy.observe;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * Counts times in buckets, in the form that Prometheus reads. Thread-safe, lock-free; recording allocates nothing.
 */
final class TimeBuckets {
    /** The upper bounds in milliseconds, inclusive; one more bucket follows the last. */
    private static final List<Long> UP_TO_MILLIS =
            List.of(1L, 2L, 5L, 10L, 25L, 50L, 100L, 250L, 500L, 1000L, 2500L, 5000L, 10_000L, 30_000L, 75_000L);

    private static final long[] UP_TO_NANOS =
            UP_TO_MILLIS.stream().mapToLong(TimeUnit.MILLISECONDS::toNanos).toArray();
    private static final double[] UP_TO_SECONDS = DoubleStream.concat(
                    UP_TO_MILLIS.stream().mapToDouble(millis -> millis / 1e3),
                    DoubleStream.of(Double.POSITIVE_INFINITY))
            .toArray();

    private final LongAdder[] counts =
            Stream.generate(LongAdder::new).limit(UP_TO_SECONDS.length).toArray(LongAdder[]::new);
    private final LongAdder sumNanos = new LongAdder();

    /** @param nanos not negative */
    void record(long nanos) {
        int bucket = 0;
        while (bucket < UP_TO_NANOS.length && nanos > UP_TO_NANOS[bucket]) {
            bucket++; // Most requests are in the first buckets, so a binary search would take longer.
        }
        counts[bucket].increment();
        sumNanos.add(nanos);
    }

    HistogramDataPointSnapshot read(Labels labels) {
        long[] read = LongStream.range(0, counts.length)
                .map(i -> counts[(int) i].sum())
                .toArray();
        return HistogramDataPointSnapshot.builder()
                .labels(labels)
                .classicHistogramBuckets(ClassicHistogramBuckets.of(UP_TO_SECONDS, read))
                .sum(sumNanos.sum() / 1e9)
                .build();
    }
}

package io.cobrowse.load.run;

import java.util.List;

/**
 * What a process used over time. Immutable.
 *
 * @param liveMemory of a JVM, measured now and then in a soak; empty elsewhere
 */
public record Usage(String process, List<Sample> samples, List<Live> liveMemory) {
    /**
     * What a process used since the last sample.
     *
     * @param atMillis since the epoch
     * @param cores CPU time since the last sample, by wall clock time: 1 is a whole core
     */
    public record Sample(long atMillis, double cores, long residentBytes) {}

    /** What lives on a JVM's heap: the bytes of all reachable objects. */
    public record Live(long atMillis, long bytes) {}

    /** The mean of the cores that were in use within a time, in ms since the epoch; NaN where there is no sample. */
    public double meanCores(long from, long until) {
        return samples.stream()
                .filter(sample -> sample.atMillis > from && sample.atMillis <= until)
                .mapToDouble(Sample::cores)
                .average()
                .orElse(Double.NaN);
    }

    /** The greatest resident memory within a time, in ms since the epoch; 0 where there is no sample. */
    public long maxResidentBytes(long from, long until) {
        return samples.stream()
                .filter(sample -> sample.atMillis > from && sample.atMillis <= until)
                .mapToLong(Sample::residentBytes)
                .max()
                .orElse(0);
    }
}

package io.cobrowse.load.run;

import java.util.List;

/**
 * The resources that a process used over time. Immutable.
 *
 * @param liveMemory the live memory of a JVM, measured now and then in a soak; otherwise empty
 */
public record Usage(String process, List<Sample> samples, List<Live> liveMemory) {
    /**
     * The usage of a process since the previous sample.
     *
     * @param atMillis in milliseconds since the epoch
     * @param cores the CPU time since the previous sample, divided by wall clock time: 1 is a whole core
     */
    public record Sample(long atMillis, double cores, long residentBytes) {}

    /** The live objects on a JVM's heap: the bytes of all reachable objects. */
    public record Live(long atMillis, long bytes) {}

    /**
     * Returns the mean number of used cores in a period, in milliseconds since the epoch; NaN if there is no sample.
     */
    public double meanCores(long from, long until) {
        return samples.stream()
                .filter(sample -> sample.atMillis > from && sample.atMillis <= until)
                .mapToDouble(Sample::cores)
                .average()
                .orElse(Double.NaN);
    }

    /** Returns the greatest resident memory in a period, in milliseconds since the epoch; 0 if there is no sample. */
    public long maxResidentBytes(long from, long until) {
        return samples.stream()
                .filter(sample -> sample.atMillis > from && sample.atMillis <= until)
                .mapToLong(Sample::residentBytes)
                .max()
                .orElse(0);
    }
}

package io.cobrowse.load.run;

import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.ProcessFigures;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Samples the usage of processes. Confined to one thread. */
final class UsageLog {
    private static final class Watched {
        private final ProcessFigures figures;
        private final List<Usage.Sample> samples = new ArrayList<>();
        private final List<Usage.Live> live = new ArrayList<>();
        private double lastCpu = Double.NaN;
        private long lastNanos;

        private Watched(ProcessFigures figures) {
            this.figures = figures;
        }

        private void sample() throws IOException {
            double cpu = figures.cpu().toNanos() / 1e9;
            long now = System.nanoTime();
            if (!Double.isNaN(lastCpu)) {
                double cores = (cpu - lastCpu) / ((now - lastNanos) / 1e9);
                samples.add(new Usage.Sample(System.currentTimeMillis(), cores, figures.residentBytes()));
            }
            lastCpu = cpu;
            lastNanos = now;
        }
    }

    private final Map<String, Watched> watched = new LinkedHashMap<>();

    void watch(String name, ProcessFigures figures) {
        watched.put(name, new Watched(figures));
    }

    /** Takes a sample of each process that is still running. */
    void sample() {
        watched.values().removeIf(process -> process.samples.isEmpty() && gone(process));
        watched.values().forEach(UsageLog::sampleOrSkip);
    }

    private static boolean gone(Watched process) {
        try {
            process.figures.cpu();
            return false;
        } catch (IOException gone) {
            return true;
        }
    }

    private static void sampleOrSkip(Watched process) {
        try {
            process.sample();
        } catch (IOException gone) {
            process.lastCpu = Double.NaN; // The process was killed on purpose, or its end is detected elsewhere.
        }
    }

    /** Measures the live memory of each process except this one. */
    void sampleLiveMemory() {
        watched.values().stream()
                .filter(process ->
                        process.figures.pid() != ProcessHandle.current().pid())
                .forEach(process -> {
                    try {
                        process.live.add(new Usage.Live(
                                System.currentTimeMillis(), new JavaProcess(process.figures.pid()).liveBytes()));
                    } catch (IOException gone) {
                        process.lastCpu = Double.NaN;
                    }
                });
    }

    List<Usage> usages() {
        List<Usage> usages = new ArrayList<>();
        watched.forEach((name, process) ->
                usages.add(new Usage(name, List.copyOf(process.samples), List.copyOf(process.live))));
        return usages;
    }
}

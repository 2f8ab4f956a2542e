package io.cobrowse.load.run;

import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.measuring.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What is known at the end of a run, beside the latencies: {@code result.json}. Immutable.
 *
 * @param profileName of the settings
 * @param injector which of several this is, from 1; 0 where those of all are put together
 * @param interrupted whether it was told to stop before its end
 * @param websocket share of the pairs, 0 to 1
 * @param target URL, or what was started on this machine
 * @param problems what went wrong outside the load: a process that died, a node that counted strays; one text each
 * @param active sessions over time, a sample a second
 * @param usages of each process, where they run on this machine
 */
public record RunResult(
        int injector,
        int injectors,
        boolean interrupted,
        String profileName,
        Profile profile,
        String complexity,
        double websocket,
        String target,
        List<Environment> environments,
        InjectorResult load,
        List<String> problems,
        List<Usage> usages,
        List<Active> active) {
    /**
     * How many sessions an injector had open at a time.
     *
     * @param atMillis since the epoch
     */
    public record Active(int injector, long atMillis, int sessions) {}

    /**
     * Puts together what all injectors of a run have written.
     *
     * @throws IllegalArgumentException unless each is there exactly once and all ran the same profile, saying which is missing
     */
    public static RunResult merge(List<RunResult> results) {
        RunResult first = results.get(0);
        requireEachOnce(results, first.injectors);
        List<Environment> environments = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        List<Usage> usages = new ArrayList<>();
        for (RunResult result : results) {
            if (!result.profile.equals(first.profile) || !result.complexity.equals(first.complexity)) {
                throw new IllegalArgumentException(
                        "The injectors ran different profiles: " + first.described() + " and " + result.described());
            }
            environments.addAll(result.environments);
            problems.addAll(result.problems);
            usages.addAll(result.usages);
        }
        return new RunResult(
                0,
                first.injectors,
                results.stream().anyMatch(RunResult::interrupted),
                first.profileName,
                first.profile,
                first.complexity,
                first.websocket,
                first.target,
                environments,
                InjectorResult.sum(results.stream().map(RunResult::load).toList()),
                problems,
                usages,
                results.stream().flatMap(result -> result.active.stream()).toList());
    }

    private String described() {
        return "'" + profileName + "' with " + profile.sessions() + " sessions, complexity " + complexity;
    }

    private static void requireEachOnce(List<RunResult> results, int injectors) {
        Set<Integer> missing = new TreeSet<>();
        for (int i = 1; i <= injectors; i++) {
            missing.add(i);
        }
        for (RunResult result : results) {
            if (result.injector == 0) {
                throw new IllegalArgumentException(
                        "One of the results does not say which injector it is of: it is a merge"
                                + " itself, or of an older version");
            }
            if (result.injectors != injectors) {
                throw new IllegalArgumentException("The results are of different runs: injector " + result.injector
                        + " is one of " + result.injectors + ", another one of " + injectors);
            }
            if (!missing.remove(result.injector)) {
                throw new IllegalArgumentException("Injector " + result.injector + "/" + injectors + " is there twice");
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("Of " + injectors + " injectors these are missing: "
                    + missing.stream().map(String::valueOf).collect(Collectors.joining(", ")));
        }
    }
}

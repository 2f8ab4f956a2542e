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
 * The result of a run, except the latencies: {@code result.json}. Immutable.
 *
 * @param profileName the name of the profile in the settings
 * @param injector the number of this injector, from 1; 0 for the merged results of all
 * @param interrupted whether the run was stopped before its end
 * @param websocket the share of pairs over WebSocket, 0 to 1
 * @param target the URL, or what was started on this machine
 * @param problems problems outside the load, such as a process that died or a node that counted foreign requests; one
 *     text each
 * @param active the number of sessions over time, a sample a second
 * @param usages the usage of each process, if they ran on this machine
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
     * The number of sessions that an injector had open at a time.
     *
     * @param atMillis in milliseconds since the epoch
     */
    public record Active(int injector, long atMillis, int sessions) {}

    /**
     * Merges the results of all injectors of a run.
     *
     * @throws IllegalArgumentException unless each injector is there exactly once and all ran the same profile; the
     *     message says which is missing
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

package io.cobrowse.load.run;

import io.cobrowse.load.record.InjectorResult;
import io.cobrowse.load.settings.Profile;
import java.util.List;

/**
 * What is known at the end of a run, beside the latencies: {@code result.json}. Immutable.
 *
 * @param profileName of the settings
 * @param websocket share of the pairs, 0 to 1
 * @param target URL, or what was started on this machine
 * @param problems what went wrong outside the load: a process that died, a node that counted strays; one text each
 * @param usages of each process, where they run on this machine
 */
public record RunResult(
        String profileName,
        Profile profile,
        String complexity,
        double websocket,
        String target,
        List<Environment> environments,
        InjectorResult load,
        List<String> problems,
        List<Usage> usages) {}

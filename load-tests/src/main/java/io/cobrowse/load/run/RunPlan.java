package io.cobrowse.load.run;

import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is to be run. Immutable.
 *
 * @param target the proxy's URL; null where nodes and proxy are started here, as {@code layout} says
 * @param profile with the numbers that hold for all injectors together
 * @param startAt when all injectors begin; null for at once
 * @param faultCommand a shell command that kills or drains {@code faultNode} of a target; null for none
 * @param output a directory of this run's own
 * @param gatlingReport whether Gatling writes its report too
 */
public record RunPlan(
        @Nullable URI target,
        Layout layout,
        String profileName,
        Profile profile,
        String complexity,
        Settings settings,
        int injector,
        int injectors,
        @Nullable Instant startAt,
        @Nullable String faultCommand,
        @Nullable String faultNode,
        Path output,
        boolean gatlingReport,
        String command) {}

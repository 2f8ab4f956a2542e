package io.cobrowse.load.run;

import io.cobrowse.load.cluster.Layout;
import io.cobrowse.load.settings.Profile;
import io.cobrowse.load.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The plan of a run. Immutable.
 *
 * @param target the proxy's URL; null if nodes and proxy are started on this machine according to {@code layout}
 * @param profile the profile, with numbers for all injectors together
 * @param startAt when all injectors start; null for at once
 * @param faultCommand a shell command that kills or drains {@code faultNode} of a target; null for none
 * @param output a directory used only by this run
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

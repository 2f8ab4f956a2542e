package io.cobrowse.load.settings;

import java.time.Duration;

/**
 * The limits at which a run fails, besides violations and service levels. Immutable.
 *
 * @param lateAfter the delay after which a step counts as late
 * @param lateShare the share of late steps above which the target rate was missed
 * @param memoryGrowth the relative growth of live memory that is allowed between the first and the last quarter of a
 *     soak
 * @param memoryGrowthBytes growth below this never fails a run
 */
public record Limits(Duration lateAfter, double lateShare, double memoryGrowth, long memoryGrowthBytes) {}

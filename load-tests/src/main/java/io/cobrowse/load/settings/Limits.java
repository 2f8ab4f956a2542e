package io.cobrowse.load.settings;

import java.time.Duration;

/**
 * When a run fails, beside violations and service levels. Immutable.
 *
 * @param lateAfter a step that went out later than this after its time counts as late
 * @param lateShare above this share the target rate was missed
 * @param memoryGrowth of live memory, between the first and the last quarter of a soak
 * @param memoryGrowthBytes and at least this much
 */
public record Limits(Duration lateAfter, double lateShare, double memoryGrowth, long memoryGrowthBytes) {}

package io.cobrowse.load.settings;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The load of a run: how many pairs arrive, and when. Immutable.
 *
 * @param sessions pairs at a time
 * @param sessionLength how long a pair lasts
 * @param fill the time in which the first pairs arrive
 * @param hold the measured time
 * @param surge the factor by which arrivals increase in the middle third of {@code hold}; 0 for none
 * @param watchMemory whether live memory is measured, which stops the processes for a moment now and then
 * @param burst pairs that arrive at once every {@code burstEvery}; 0 for none
 * @param untimed whether latencies and the target rate are reported but not judged, such as on a machine that is
 *     otherwise busy
 */
public record Profile(
        int sessions,
        Duration sessionLength,
        Duration fill,
        Duration hold,
        double surge,
        int burst,
        @Nullable Duration burstEvery,
        Fault fault,
        boolean watchMemory,
        boolean untimed) {

    /** @throws IllegalArgumentException if a value is out of its range, saying which */
    public Profile {
        require(sessions > 0, "sessions", sessions, "above 0");
        require(sessionLength.toMillis() >= 2_000, "session-length", sessionLength, "at least 2s");
        require(fill.toMillis() >= 1_000, "fill", fill, "at least 1s");
        require(hold.toMillis() >= 3_000, "hold", hold, "at least 3s");
        require(surge == 0 || surge >= 1, "surge", surge, "0 or at least 1");
        require(
                burst == 0 || (burst > 0 && burstEvery != null && burstEvery.toMillis() >= 1_000),
                "burst",
                burst,
                "0, or above 0 with a burst-every of at least 1s");
    }

    private static void require(boolean fine, String key, Object value, String allowed) {
        if (!fine) {
            throw new IllegalArgumentException(key + ": " + value + " is not " + allowed);
        }
    }

    /** Returns this profile with other numbers; null keeps a number. */
    public Profile with(@Nullable Integer otherSessions, @Nullable Duration otherHold) {
        return new Profile(
                otherSessions == null ? sessions : otherSessions,
                sessionLength,
                fill,
                otherHold == null ? hold : otherHold,
                surge,
                burst,
                burstEvery,
                fault,
                watchMemory,
                untimed);
    }

    /** Returns the pairs that arrive in a second after the first ones, without bursts and surges. */
    @JsonIgnore
    public double arrivalsPerSecond() {
        return sessions / (sessionLength.toMillis() / 1e3);
    }
}

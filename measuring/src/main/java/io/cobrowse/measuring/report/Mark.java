package io.cobrowse.measuring.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What is thought of a row, or of a whole report. */
public enum Mark {
    GOOD,
    BAD,
    /** Told, and not judged; or not certain. */
    TOLD;

    @JsonValue
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}

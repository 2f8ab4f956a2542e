package io.cobrowse.measuring.report;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The verdict on a row, or on a whole report. */
public enum Mark {
    GOOD,
    BAD,
    /** Reported without a verdict, or uncertain. */
    TOLD;

    @JsonValue
    String key() {
        return name().toLowerCase(Locale.ROOT);
    }
}

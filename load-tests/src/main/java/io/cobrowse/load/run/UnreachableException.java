package io.cobrowse.load.run;

import java.io.IOException;

/** Thrown if the target does not answer at all, before anything is started. */
public final class UnreachableException extends IOException {
    UnreachableException(String message, IOException cause) {
        super(message, cause);
    }
}

package io.cobrowse.load.run;

import java.io.IOException;

/** The target does not answer at all, so that nothing was begun. */
public final class UnreachableException extends IOException {
    UnreachableException(String message, IOException cause) {
        super(message, cause);
    }
}

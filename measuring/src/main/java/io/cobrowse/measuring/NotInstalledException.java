package io.cobrowse.measuring;

import java.io.IOException;

/** A peer cannot be measured, because it is not installed. */
public final class NotInstalledException extends IOException {
    public NotInstalledException(String message) {
        super(message);
    }
}

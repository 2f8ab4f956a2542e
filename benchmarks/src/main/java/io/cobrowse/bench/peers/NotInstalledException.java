package io.cobrowse.bench.peers;

import java.io.IOException;

/** A peer cannot be measured, because it is not installed. */
final class NotInstalledException extends IOException {
    NotInstalledException(String message) {
        super(message);
    }
}

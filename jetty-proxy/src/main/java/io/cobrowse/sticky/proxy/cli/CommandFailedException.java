package io.cobrowse.sticky.proxy.cli;

/** Thrown if a command fails; the message is one line for its user. */
final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

package io.cobrowse.sticky.proxy.cli;

/** A command could not do what it was asked; the message is one line for the person who asked. */
final class CommandFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    CommandFailedException(String message) {
        super(message);
    }

    CommandFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}

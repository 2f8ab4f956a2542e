package io.cobrowse.measuring;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** Why something failed, in words for people: without names of classes. Stateless. */
public final class Cause {
    private Cause() {}

    /** Returns the cause of a failure, such as "connection refused". */
    public static String of(Throwable failure) {
        Throwable cause = failure.getCause();
        if (cause != null && wraps(failure, cause)) {
            return of(cause);
        }
        String message = failure.getMessage();
        if (failure instanceof UnknownHostException) {
            return "unknown host " + message;
        }
        if (failure instanceof NoSuchFileException) {
            return "there is no file " + message;
        }
        if (failure instanceof AccessDeniedException) {
            return "no access to " + message;
        }
        if (message != null) {
            return message;
        }
        // The JDK gives no messages for these.
        for (Throwable each = failure; each != null; each = each.getCause()) {
            if (each instanceof UnresolvedAddressException) {
                return "unknown host";
            }
        }
        if (failure instanceof ConnectException) {
            return "connection refused";
        }
        if (failure instanceof ClosedChannelException) {
            return "connection closed";
        }
        return failure.getClass()
                .getSimpleName()
                .replaceFirst("(Exception|Error)$", "")
                .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
                .toLowerCase(Locale.ROOT);
    }

    /** Returns whether a failure only carries its cause, whose class its message begins with. */
    private static boolean wraps(Throwable failure, Throwable cause) {
        return failure instanceof ExecutionException
                || failure instanceof CompletionException
                || cause.toString().equals(failure.getMessage());
    }
}

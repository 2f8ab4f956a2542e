package io.cobrowse.bench.peers;

import java.io.IOException;

/** One connection of a {@link LoadClient}, the attachment of its selection key. It has one request open at a time. */
abstract class LoadConnection {
    /** When the open request was sent, or was due. */
    long dueNanos;

    /** Sends a request. */
    abstract void send() throws IOException;

    /** Reads the available data; returns whether the answer is complete. */
    abstract boolean receive() throws IOException;

    abstract void close() throws IOException;
}

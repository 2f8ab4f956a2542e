package io.cobrowse.bench.peers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** Bytes to and from a proxy in clear text. */
class Transport {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final SocketChannel channel;

    /** Connects; the channel is blocking until it is {@linkplain #register registered}. */
    Transport(InetSocketAddress proxy) throws IOException {
        channel = SocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.socket().connect(proxy, (int) PATIENCE.toMillis());
        } catch (IOException failure) {
            channel.close();
            throw failure;
        }
    }

    void register(Selector selector, LoadConnection connection) throws IOException {
        channel.configureBlocking(false);
        channel.register(selector, SelectionKey.OP_READ, connection);
    }

    /** Reads into the buffer; returns -1 at the end. */
    int read(ByteBuffer in) throws IOException {
        return channel.read(in);
    }

    /** Writes everything; a proxy that does not read a few KiB is a failure. */
    void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            if (channel.write(out) == 0) {
                throw new IOException("The proxy does not read");
            }
        }
    }

    void close() throws IOException {
        channel.close();
    }
}

package io.cobrowse.bench.peers;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;

/** Encrypted bytes to and from a proxy. */
final class TlsTransport extends Transport {
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SSLEngine engine;
    private final ByteBuffer encryptedIn;
    private final ByteBuffer encryptedOut;

    /** Connects and shakes hands. */
    TlsTransport(InetSocketAddress proxy, SSLContext context) throws IOException {
        super(proxy);
        engine = context.createSSLEngine(proxy.getHostString(), proxy.getPort());
        engine.setUseClientMode(true);
        int size = engine.getSession().getPacketBufferSize();
        encryptedIn = ByteBuffer.allocateDirect(2 * size).flip();
        encryptedOut = ByteBuffer.allocateDirect(2 * size);
        try {
            shakeHands();
        } catch (IOException failure) {
            close();
            throw failure;
        }
    }

    private void shakeHands() throws IOException {
        ByteBuffer none = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize());
        engine.beginHandshake();
        HandshakeStatus status = engine.getHandshakeStatus();
        while (status != HandshakeStatus.FINISHED && status != HandshakeStatus.NOT_HANDSHAKING) {
            switch (status) {
                case NEED_TASK -> {
                    engine.getDelegatedTask().run();
                    status = engine.getHandshakeStatus();
                }
                case NEED_WRAP -> status = wrap(NOTHING).getHandshakeStatus();
                default -> {
                    SSLEngineResult result = engine.unwrap(encryptedIn, none);
                    if (result.getStatus() == Status.BUFFER_UNDERFLOW && fill() < 0) {
                        throw new IOException("The connection ended in the TLS handshake");
                    }
                    status = result.getHandshakeStatus();
                }
            }
        }
    }

    @Override
    int read(ByteBuffer in) throws IOException {
        int filled = fill();
        int before = in.position();
        Status status = Status.OK;
        while (status == Status.OK && encryptedIn.hasRemaining()) {
            status = engine.unwrap(encryptedIn, in).getStatus();
        }
        if (status == Status.BUFFER_OVERFLOW) {
            throw new IOException("An answer is larger than expected");
        }
        int read = in.position() - before;
        return read == 0 && (filled < 0 || status == Status.CLOSED) ? -1 : read;
    }

    @Override
    void write(ByteBuffer out) throws IOException {
        while (out.hasRemaining()) {
            wrap(out);
        }
    }

    private SSLEngineResult wrap(ByteBuffer out) throws IOException {
        encryptedOut.clear();
        SSLEngineResult result = engine.wrap(out, encryptedOut);
        super.write(encryptedOut.flip());
        return result;
    }

    private int fill() throws IOException {
        encryptedIn.compact();
        int read = super.read(encryptedIn);
        encryptedIn.flip();
        return read;
    }
}

package io.cobrowse.sticky.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** The address of a node that is gone: its port is taken, but nobody listens there, so connections are refused. */
final class RefusingNode implements AutoCloseable {
    private final Socket bound = new Socket();

    RefusingNode() throws IOException {
        bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    String url() {
        return "http://127.0.0.1:" + bound.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        bound.close();
    }
}

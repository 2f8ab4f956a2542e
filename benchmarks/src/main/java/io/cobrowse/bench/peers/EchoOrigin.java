package io.cobrowse.bench.peers;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The node behind every proxy that is measured: echoes WebSocket messages and answers any other request with a small JSON
 * document. One thread and no allocation per message, so that it is not what the measurement measures.
 *
 * <p>A process of its own: prints its port and serves until its standard input ends.
 */
final class EchoOrigin {
    private static final int BACKLOG = 4096;

    private final ServerSocketChannel server;
    private final Selector selector;

    private EchoOrigin(ServerSocketChannel server) throws IOException {
        this.server = server;
        this.selector = Selector.open();
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    public static void main(String[] args) throws IOException {
        Thread watch = new Thread(EchoOrigin::exitWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
            System.out.println(server.socket().getLocalPort());
            new EchoOrigin(server).serve();
        }
    }

    private static void exitWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            System.err.println("The parent's pipe broke: " + gone.getMessage());
        }
        Runtime.getRuntime().halt(0);
    }

    private void serve() throws IOException {
        while (true) {
            selector.select(this::serve);
        }
    }

    private void serve(SelectionKey key) {
        if (!key.isAcceptable()) {
            ((EchoConnection) key.attachment()).serve();
            return;
        }
        try {
            SocketChannel channel = server.accept();
            if (channel != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(selector, SelectionKey.OP_READ, new EchoConnection(channel));
            }
        } catch (IOException failure) {
            System.err.println("Accepting failed: " + failure.getMessage());
        }
    }
}

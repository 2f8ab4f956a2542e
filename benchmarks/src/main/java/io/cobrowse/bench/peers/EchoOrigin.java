package io.cobrowse.bench.peers;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The nodes behind every measured proxy. They echo WebSocket messages, and answer any other request with a small JSON
 * document that contains the node's name. They use one thread and allocate nothing per message, so that they are not
 * what is measured.
 *
 * <p>A process of its own: prints the ports of node-1, node-2 and node-3, and serves until its standard input ends.
 */
final class EchoOrigin {
    static final System.Logger LOG = System.getLogger(EchoOrigin.class.getName());

    private static final int BACKLOG = 4096;

    private static final int NODES = 3;

    private final Selector selector = Selector.open();

    private EchoOrigin() throws IOException {}

    public static void main(String[] args) throws IOException {
        Thread watch = new Thread(EchoOrigin::exitWithParent, "parent-watch");
        watch.setDaemon(true);
        watch.start();
        EchoOrigin origin = new EchoOrigin();
        for (int node = 1; node <= NODES; node++) {
            System.out.println(origin.listen("node-" + node));
        }
        origin.serve();
    }

    private int listen(String node) throws IOException {
        ServerSocketChannel server = ServerSocketChannel.open();
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT, node);
        return server.socket().getLocalPort();
    }

    private static void exitWithParent() {
        try {
            System.in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            LOG.log(Level.WARNING, "The parent's pipe broke", gone);
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
            ((EchoConnection) key.attachment()).serve(key);
            return;
        }
        try {
            SocketChannel channel = ((ServerSocketChannel) key.channel()).accept();
            if (channel != null) {
                channel.configureBlocking(false);
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
                channel.register(
                        selector, SelectionKey.OP_READ, new EchoConnection(channel, (String) key.attachment()));
            }
        } catch (IOException failure) {
            LOG.log(Level.WARNING, "Accepting failed", failure);
        }
    }
}

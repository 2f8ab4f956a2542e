package io.cobrowse.sticky.proxy;

import static org.awaitility.Awaitility.await;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/** A proxy in front of one node, ours or a peer, that gets cases of public suites. */
final class PublicFront implements AutoCloseable {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final byte[] SETTINGS = {0, 0, 0, 4, 0, 0, 0, 0, 0};
    private static final byte[] SETTINGS_ACK = {0, 0, 0, 4, 1, 0, 0, 0, 0};
    private static final byte[] PING = {0, 0, 8, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    private static final int PATIENCE_MILLIS = 8_000;
    private static final int GRACE_MILLIS = 1_000;
    private static final String CONNECTION_ENDED = "connection ended";
    private static final String NOTHING = "nothing";

    private final RawNode node;
    private final AutoCloseable front;
    private final int http1;
    private final int http2;

    private PublicFront(RawNode node, AutoCloseable front, int http1, int http2) {
        this.node = node;
        this.front = front;
        this.http1 = http1;
        this.http2 = http2;
    }

    static PublicFront ours() throws IOException {
        RawNode node = new RawNode();
        StickyProxyServer proxy = SmallProxy.start(node.url());
        int port = proxy.uri("public").getPort();
        return new PublicFront(node, proxy, port, port);
    }

    static PublicFront haproxy(Path directory) throws IOException {
        RawNode node = new RawNode();
        int http1 = freePort();
        int http2 = freePort();
        Path configuration =
                Files.writeString(directory.resolve("haproxy.cfg"), """
                defaults
                  mode http
                  timeout connect 2s
                  timeout client 60s
                  timeout server 60s
                frontend public
                  bind 127.0.0.1:%d
                  bind 127.0.0.1:%d proto h2
                  default_backend nodes
                backend nodes
                  server n1 127.0.0.1:%d
                """.formatted(http1, http2, node.port()));
        return peer(node, http1, http2, directory, "/usr/sbin/haproxy", "-db", "-f", configuration.toString());
    }

    static PublicFront nginx(Path directory) throws IOException {
        RawNode node = new RawNode();
        int http1 = freePort();
        int http2 = freePort();
        Path configuration =
                Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; pid %1$s/nginx.pid; error_log stderr; events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s; uwsgi_temp_path %1$s;
                  scgi_temp_path %1$s;
                  server {
                    listen 127.0.0.1:%2$d;
                    listen 127.0.0.1:%3$d http2;
                    location / {
                      proxy_pass http://127.0.0.1:%4$d;
                      proxy_http_version 1.1; proxy_request_buffering off;
                      proxy_set_header Connection "";
                      proxy_set_header Host $host;
                    }
                  }
                }
                """.formatted(directory, http1, http2, node.port()));
        return peer(node, http1, http2, directory, "/usr/sbin/nginx", "-e", "stderr", "-c", configuration.toString());
    }

    private static PublicFront peer(RawNode node, int http1, int http2, Path directory, String... command)
            throws IOException {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("peer.log").toFile())
                .start();
        PublicFront peer = new PublicFront(node, process::destroy, http1, http2);
        await().until(() -> peer.http1("GET / HTTP/1.1\r\nHost: p\r\n\r\n".getBytes(StandardCharsets.US_ASCII))
                .equals("200"));
        return peer;
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    /** Returns the request lines that the node has received. */
    List<String> lines() {
        return node.lines();
    }

    /** Sends bytes; returns the status of the first final answer, or what came instead. */
    String http1(byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http1)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(bytes);
            return status(socket.getInputStream());
        } catch (SocketTimeoutException silence) {
            return NOTHING;
        } catch (IOException closed) {
            return "closed";
        }
    }

    private static String status(InputStream in) throws IOException {
        while (true) {
            String head = RawNode.readHead(in);
            if (head == null) {
                return "closed";
            }
            String status = head.split(" ", 3)[1];
            if (!status.startsWith("1") || status.equals("101")) {
                return status;
            }
        }
    }

    /** Sends frames after a preface; returns the first decisive thing that comes back. */
    String http2(byte[] frames, boolean pingDecides) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http2)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.getOutputStream().write(PREFACE.getBytes(StandardCharsets.US_ASCII));
            socket.getOutputStream().write(SETTINGS);
            socket.getOutputStream().write(frames);
            socket.getOutputStream().write(PING);
            return decisive(socket, pingDecides);
        } catch (SocketTimeoutException silence) {
            return NOTHING;
        } catch (SocketException end) {
            return CONNECTION_ENDED;
        } catch (IOException | HpackException failure) {
            return failure.toString();
        }
    }

    private static String decisive(Socket socket, boolean pingDecides) throws IOException, HpackException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        HpackDecoder decoder = new HpackDecoder(1 << 16, System::nanoTime);
        boolean reset = false;
        boolean alive = false;
        while (true) {
            if (reset && alive) {
                socket.setSoTimeout(GRACE_MILLIS);
            }
            int length;
            try {
                length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            } catch (SocketTimeoutException silence) {
                return reset ? "stream reset" : NOTHING;
            } catch (EOFException | SocketException end) {
                return CONNECTION_ENDED;
            }
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            in.readInt();
            ByteBuffer payload = ByteBuffer.wrap(in.readNBytes(length));
            if (type == 1 && decoder.decode(payload) instanceof MetaData.Response response) {
                return Integer.toString(response.getStatus());
            } else if (type == 3) {
                // Streams are reset before a connection is given up, too.
                reset = true;
            } else if (type == 4 && (flags & 1) == 0) {
                socket.getOutputStream().write(SETTINGS_ACK);
            } else if (type == 6) {
                if (pingDecides) {
                    return "PING";
                }
                alive = true;
            } else if (type == 7 && payload.getInt(4) != 0) {
                return CONNECTION_ENDED;
            }
        }
    }

    @Override
    public void close() throws Exception {
        front.close();
        node.close();
    }
}

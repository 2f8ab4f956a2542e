package io.cobrowse.bench.micro;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletContextRequest;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.component.LifeCycle;

/** A request that a Jetty server has received over a socket, and that is not answered until this is closed. */
public final class HeldRequest implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 30;
    private static final String REQUEST =
            """
            GET /cobrowse/cometd/connect?r=1700000000000 HTTP/1.1
            Host: cobrowse.example.com
            User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36
            Accept: */*
            Accept-Language: en-US,en;q=0.9,de;q=0.8
            Accept-Encoding: gzip, deflate, br, zstd
            Origin: https://www.example.com
            Referer: https://www.example.com/shop/cart?step=2
            Connection: keep-alive
            Cache-Control: max-age=0
            Cookie:\s""".replace("\n", "\r\n") + Corpus.typicalCookies(Clusters.cookie(Clusters.id(2))) + "\r\n\r\n";

    private record Exchange(HttpServletRequest request, HttpServletResponse response) {}

    private final CompletableFuture<Exchange> received = new CompletableFuture<>();
    private final CountDownLatch released = new CountDownLatch(1);
    private final Server server = new Server();
    private final Socket client;
    private final Exchange exchange;

    public HeldRequest() throws Exception {
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(new ServletHolder(new Holding()), "/*");
        server.setHandler(context);
        server.start();
        client = new Socket(InetAddress.getLoopbackAddress(), connector.getLocalPort());
        client.getOutputStream().write(REQUEST.getBytes(StandardCharsets.ISO_8859_1));
        exchange = received.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    HttpServletRequest servletRequest() {
        return exchange.request();
    }

    HttpServletResponse servletResponse() {
        return exchange.response();
    }

    /** Returns the request below the Servlet API. */
    public Request request() {
        return ServletContextRequest.getServletContextRequest(exchange.request());
    }

    @Override
    public void close() throws IOException {
        released.countDown();
        client.close();
        LifeCycle.stop(server);
    }

    private final class Holding extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            received.complete(new Exchange(request, response));
            try {
                released.await();
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

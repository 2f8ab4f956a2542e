package io.cobrowse.sticky.proxy;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;

/** A Jetty of one's own: the proxy on {@code /cobrowse/*}, and a servlet of one's own beside it. */
public final class EmbeddedExample {
    public static void main(String[] args) throws Exception {
        StickyProxy proxy = StickyProxy.builder()
                .node("1", "node-1", "http://10.0.0.11:8700")
                .node("2", "node-2", "http://10.0.0.12:8700")
                .build();
        Server server = server(proxy, 8080);
        server.start();
        server.join();
    }

    static Server server(StickyProxy proxy, int port) {
        ServletContextHandler context = new ServletContextHandler("/");
        context.addServlet(Own.class, "/own/*");
        proxy.mount(context, "/cobrowse/*");
        Server server = new Server();
        server.setHandler(context);
        proxy.listen(server, "0.0.0.0", port);
        return server;
    }

    public static final class Own extends HttpServlet {
        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getWriter().print("own");
        }
    }
}

package io.cobrowse.sticky.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cobrowse.sticky.routing.Router;
import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The filter in Jetty, created with a router. */
class JettyFilterTest extends FilterContract {
    private Server server;

    @Override
    int start(Filter filter, HttpServlet servlet) throws Exception {
        server = new Server();
        return start(server, new FilterHolder(filter), servlet);
    }

    @Override
    void stop() throws Exception {
        server.stop();
    }

    @Override
    Refuser refuser() {
        return Refuser.JETTY;
    }

    @Override
    StickinessFilter filter(Setup setup) {
        return new StickinessFilter(setup.router(FilterContract::url));
    }

    @Override
    StickinessFilter filter(Setup setup, CorsErrors cors) {
        Router router = setup.router(FilterContract::url);
        RoutingAnswers answers = new RoutingAnswers(router, StickinessFilter.DEFAULT_RETRY_AFTER_SECONDS);
        answers.setCors(cors);
        return new StickinessFilter(router, answers);
    }

    @Test
    void shouldBeConfiguredByInitParams() throws Exception {
        FilterHolder holder = new FilterHolder(StickinessFilter.class);
        holder.setInitParameters(Map.of(
                "nodes", "1 node-1 http://127.0.0.1:8701 \n 2 node-2 http://127.0.0.1:8702 weight=2 backup",
                "expose-route", "true"));
        Server configured = new Server();
        try {
            int port = start(configured, holder, new Answering());
            assertThat(RawHttp.send(port, "GET", "/?co-browse-node-id=2", List.of())
                            .field("Sticky-Route"))
                    .hasValue("node=2; by=url");
        } finally {
            configured.stop();
        }
    }

    @Test
    void shouldKeepTheContainerFromStartingWithWrongInitParams() throws Exception {
        FilterHolder holder = new FilterHolder(StickinessFilter.class);
        holder.setInitParameters(Map.of("nodes", "1 node-1 http://127.0.0.1:8701", "cookies", "a"));
        Server configured = new Server();
        try {
            assertThatThrownBy(() -> start(configured, holder, new Answering()))
                    .isInstanceOf(ServletException.class)
                    .hasMessageContaining("cookies: there is no such init-param");
        } finally {
            configured.stop();
        }
    }

    private static int start(Server server, FilterHolder filter, HttpServlet servlet) throws Exception {
        ServerConnector connector = new ServerConnector(server);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler();
        filter.setAsyncSupported(true);
        context.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST, DispatcherType.ASYNC));
        ServletHolder holder = new ServletHolder(servlet);
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        server.setHandler(context);
        server.start();
        return connector.getLocalPort();
    }

    private static final class Answering extends HttpServlet {
        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) {
            response.setStatus(200);
        }
    }
}

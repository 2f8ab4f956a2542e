package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import java.lang.module.ModuleDescriptor.Version;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;

/** Checks the environment that {@link StickyProxyServlet} needs. Stateless. */
final class Prerequisites {
    /** The first version of Jetty that has what the connectors use. */
    private static final Version OLDEST_JETTY = Version.parse("12.1.14");

    private Prerequisites() {}

    /**
     * Checks that Jetty is recent enough; frameworks bring their own version.
     *
     * @throws IllegalStateException when it is too old; the message says what to do
     */
    static void checkJetty(String version) {
        Matcher number = Pattern.compile("[0-9]+([.][0-9]+)*").matcher(version);
        if (number.lookingAt() && Version.parse(number.group()).compareTo(OLDEST_JETTY) < 0) {
            throw new IllegalStateException(
                    "The proxy needs Jetty " + OLDEST_JETTY + " or later, and this is " + version
                            + ": raise the version, with Spring Boot by <jetty.version>" + OLDEST_JETTY
                            + "</jetty.version> among the properties of your pom.xml");
        }
    }

    /**
     * Returns the context of the servlet.
     *
     * @throws ServletException when the servlet cannot work in it; the message says what to do
     */
    static ServletContextHandler check(ServletConfig config, Router router) throws ServletException {
        ServletContext context = config.getServletContext();
        ServletContextHandler handler = handler(context);
        if (!handler.getServletHandler().getServlet(config.getServletName()).isAsyncSupported()) {
            throw new ServletException("Servlet \"" + config.getServletName()
                    + "\" has no async support, without which no request can wait for its node: call setAsyncSupported(true) on"
                    + " its registration, or set <async-supported>true</async-supported> in web.xml");
        }
        Router filtered = StickinessFilter.router(context);
        if (filtered == null) {
            throw new ServletException(
                    "There is no StickinessFilter in this context, so nothing routes the requests: add"
                            + " StickyProxy.filter() on the same paths, or let StickyProxy.mount do both");
        }
        if (filtered != router) {
            throw new ServletException(
                    "The StickinessFilter of this context has another Router than the servlet, so requests would go"
                            + " to nodes that nobody checks: take both from the same StickyProxy");
        }
        return handler;
    }

    private static ServletContextHandler handler(ServletContext context) throws ServletException {
        if (context instanceof ServletContextHandler.ServletContextApi api
                && api.getContextHandler() instanceof ServletContextHandler handler) {
            return handler;
        }
        throw new ServletException("StickyProxyServlet runs in the ee11 servlets of Jetty 12.1 only, and this is "
                + context.getServerInfo() + " (" + context.getClass().getName()
                + "): register it in an ee11 ServletContextHandler, run the proxy as a server of its own (StickyProxyServer), or use"
                + " StickinessFilter alone");
    }
}

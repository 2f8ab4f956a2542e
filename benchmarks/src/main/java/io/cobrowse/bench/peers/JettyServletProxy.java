package io.cobrowse.bench.peers;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import org.eclipse.jetty.ee11.proxy.AsyncProxyServlet;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's {@link AsyncProxyServlet}; unchanged except for the target, which is chosen as in its
 * {@code BalancerServlet}.
 */
final class JettyServletProxy extends AsyncProxyServlet {
    private final JavaPlace place;

    private JettyServletProxy(JavaPlace place) {
        this.place = place;
    }

    public static void main(String[] args) throws Exception {
        JavaPlace place = JavaPlace.of(args);
        ServletContextHandler context = new ServletContextHandler("/");
        ServletHolder holder = new ServletHolder(new JettyServletProxy(place));
        holder.setInitParameter("maxConnections", Integer.toString(place.connections()));
        holder.setInitParameter("preserveHost", "true");
        holder.setInitParameter("timeout", "600000");
        holder.setInitParameter("idleTimeout", "600000");
        holder.setAsyncSupported(true);
        context.addServlet(holder, "/*");
        JettyFront.serve(place, context);
    }

    @Override
    protected String rewriteTarget(HttpServletRequest request) {
        String query = request.getQueryString();
        String target = place.node(request.getParameter(Sticky.PARAMETER), cookie(request)) + request.getRequestURI();
        return query == null ? target : target + "?" + query;
    }

    private static @Nullable String cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies != null) {
            for (Cookie cookie : cookies) {
                if (cookie.getName().equals(Sticky.COOKIE)) {
                    return cookie.getValue();
                }
            }
        }
        return null;
    }
}

package io.cobrowse.node;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Serves the customer's and the agent's pages and everything they load, under a policy that lets them load nothing
 * else.
 */
final class PageServlet extends HttpServlet {
    /** Matches names with only one dot, so that no path leads out of the directory. */
    private static final Pattern FILE = Pattern.compile("/((?:cometd/)?[A-Za-z-]+\\.(html|css|js|svg))");

    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html;charset=utf-8",
            "css", "text/css;charset=utf-8",
            "js", "text/javascript;charset=utf-8",
            "svg", "image/svg+xml");

    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Matcher file = FILE.matcher(String.valueOf(request.getPathInfo()));
        if (!file.matches()) {
            sendMissing(response);
            return;
        }
        try (InputStream content = PageServlet.class.getResourceAsStream("web/" + file.group(1))) {
            if (content == null) {
                sendMissing(response);
                return;
            }
            response.setContentType(TYPES.get(file.group(2)));
            response.setHeader("Content-Security-Policy", POLICY);
            response.setHeader("X-Content-Type-Options", "nosniff");
            response.setHeader("Referrer-Policy", "same-origin");
            response.setHeader("Cache-Control", "no-cache");
            content.transferTo(response.getOutputStream());
        }
    }

    private static void sendMissing(HttpServletResponse response) throws IOException {
        Json.sendError(response, HttpServletResponse.SC_NOT_FOUND, "unknown-path", "There is nothing at this path.");
    }
}

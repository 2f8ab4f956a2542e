package io.cobrowse.node;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Supplier;

/** The health check: 200 and no body, unless a fault says otherwise. */
final class HealthServlet extends HttpServlet {
    private final transient Supplier<Faults> faults;

    HealthServlet(Supplier<Faults> faults) {
        this.faults = faults;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) {
        response.setStatus(faults.get().healthStatus());
    }
}

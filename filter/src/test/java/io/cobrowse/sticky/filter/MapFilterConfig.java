package io.cobrowse.sticky.filter;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;

/** Init-params from a map, as a container hands them over. */
record MapFilterConfig(Map<String, String> parameters) implements FilterConfig {

    @Override
    public String getFilterName() {
        return "stickiness";
    }

    @Override
    public ServletContext getServletContext() {
        throw new UnsupportedOperationException("The filter needs no context");
    }

    @Override
    public String getInitParameter(String name) {
        return parameters.get(name);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // what the interface says
    public Enumeration<String> getInitParameterNames() {
        return Collections.enumeration(parameters.keySet());
    }
}

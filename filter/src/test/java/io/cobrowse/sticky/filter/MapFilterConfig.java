package io.cobrowse.sticky.filter;

import jakarta.servlet.FilterConfig;
import jakarta.servlet.ServletContext;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;

/** Init-params from a map, as a container provides them. */
record MapFilterConfig(Map<String, String> parameters, Map<String, Object> attributes) implements FilterConfig {

    MapFilterConfig(Map<String, String> parameters) {
        this(parameters, new HashMap<>());
    }

    @Override
    public String getFilterName() {
        return "stickiness";
    }

    @Override
    public ServletContext getServletContext() {
        return (ServletContext) Proxy.newProxyInstance(
                ServletContext.class.getClassLoader(),
                new Class<?>[] {ServletContext.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getAttribute" -> attributes.get(arguments[0]);
                    case "setAttribute" -> attributes.put((String) arguments[0], arguments[1]);
                    default -> throw new UnsupportedOperationException("The filter needs attributes only");
                });
    }

    @Override
    public String getInitParameter(String name) {
        return parameters.get(name);
    }

    @Override
    @SuppressWarnings("JdkObsolete") // As the interface requires.
    public Enumeration<String> getInitParameterNames() {
        return Collections.enumeration(parameters.keySet());
    }
}

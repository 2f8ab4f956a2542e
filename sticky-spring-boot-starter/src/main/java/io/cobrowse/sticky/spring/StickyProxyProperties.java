package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.core.env.Environment;

/**
 * The properties below {@value #PREFIX}: keys of the proxy's configuration file, read and validated in the same way,
 * and settings of the application.
 *
 * @param config the configuration from the keys of the file
 * @param paths where the proxy is mounted
 * @param ownConnector whether the proxy's own connector replaces the server's
 */
record StickyProxyProperties(ProxyConfig config, List<String> paths, boolean ownConnector) {
    static final String PREFIX = "cobrowse.proxy";

    /** Sections of the file for which an application has its own means. */
    private static final Map<String, String> ELSEWHERE = Map.of(
            "admin", "the actuator has health and metrics",
            "access-log", "server.jetty.accesslog has one",
            "metrics", "the actuator has them",
            "audit", "only the server has it",
            "listeners", "server.address and server.port say where, cobrowse.proxy.listener has the limits and rules");

    /**
     * Reads the properties.
     *
     * @throws IllegalArgumentException with every error, one line each
     */
    static StickyProxyProperties read(Environment environment) {
        Binder binder = Binder.get(environment);
        Map<String, Object> values = new LinkedHashMap<>(
                binder.bind(PREFIX, Bindable.mapOf(String.class, Object.class)).orElse(Map.of()));
        List<String> paths =
                binder.bind(PREFIX + ".paths", Bindable.listOf(String.class)).orElse(List.of("/cobrowse/*"));
        boolean ownConnector =
                binder.bind(PREFIX + ".own-connector", Boolean.class).orElse(true);
        values.remove("paths");
        values.remove("own-connector");
        ELSEWHERE.forEach((section, where) -> {
            if (values.containsKey(section)) {
                throw new IllegalArgumentException(
                        PREFIX + "." + section + ": not allowed in an application, since " + where);
            }
        });
        Object listener = values.remove("listener");
        if (listener instanceof Map<?, ?> rules) {
            Map<Object, Object> named = new LinkedHashMap<>(rules);
            // The server's own name and address replace these.
            named.put("name", "public");
            named.put("address", "127.0.0.1:0");
            values.put("listeners", List.of(named));
        }
        try {
            return new StickyProxyProperties(ConfigReader.read(PREFIX, values).config(), paths, ownConnector);
        } catch (ConfigException wrong) {
            throw new IllegalArgumentException(
                    String.valueOf(wrong.getMessage()).replace(PREFIX + ".listeners[0]", PREFIX + ".listener"));
        }
    }
}

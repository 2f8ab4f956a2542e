package io.cobrowse.sticky.filter;

import static java.util.stream.Collectors.joining;

import io.cobrowse.sticky.routing.RoutingCase.Refuser;
import io.cobrowse.sticky.routing.RoutingCase.Setup;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.junit.jupiter.api.io.TempDir;

/** The filter in Tomcat, configured by init-params. */
class TomcatFilterTest extends FilterContract {
    @TempDir
    static Path directory;

    private final Tomcat tomcat = new Tomcat();

    @Override
    int start(Filter filter, HttpServlet servlet) throws Exception {
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.setHostname("localhost");
        tomcat.setSilent(true);
        Context context = tomcat.addContext("", null);
        addFilter(context, filter);
        Wrapper wrapper = Tomcat.addServlet(context, "endpoint", servlet);
        wrapper.setAsyncSupported(true);
        context.addServletMapping("/*", "endpoint");
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.start();
        return tomcat.getConnector().getLocalPort();
    }

    @Override
    void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    @Override
    Refuser refuser() {
        return Refuser.TOMCAT;
    }

    @Override
    StickinessFilter filter(Setup setup) throws ServletException {
        return filter(setup, Map.of());
    }

    @Override
    StickinessFilter filter(Setup setup, CorsErrors cors) throws ServletException {
        return filter(setup, Map.of("cors-errors", String.join(",", cors.texts())));
    }

    private static StickinessFilter filter(Setup setup, Map<String, String> more) throws ServletException {
        Map<String, String> parameters = new HashMap<>(setup.options());
        parameters.putAll(more);
        parameters.put(
                "nodes",
                setup.members().stream()
                        .map(member -> member.id() + " " + String.join("|", member.cookies()) + " " + url(member.id())
                                + (member.backup() ? " backup" : ""))
                        .collect(joining("\n")));
        StickinessFilter filter = new StickinessFilter();
        filter.init(new MapFilterConfig(parameters));
        return filter;
    }

    private static void addFilter(Context context, Filter filter) {
        FilterDef definition = new FilterDef();
        definition.setFilterName("stickiness");
        definition.setFilter(filter);
        definition.setAsyncSupported("true");
        context.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("stickiness");
        mapping.addURLPattern("/*");
        mapping.setDispatcher(DispatcherType.REQUEST.name());
        mapping.setDispatcher(DispatcherType.ASYNC.name());
        context.addFilterMap(mapping);
    }
}

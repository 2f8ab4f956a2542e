package io.cobrowse.sticky.proxy;

import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import java.nio.file.Path;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.component.LifeCycle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The entry point of the module {@code cobrowse-sticky} of a standalone Jetty; the module's XML file names this class.
 * Stateless.
 */
public final class JettyModule {
    private static final Logger LOG = LoggerFactory.getLogger(JettyModule.class);

    private JettyModule() {}

    /**
     * Installs a proxy in a server that is not started. Its context is added to the server's contexts, and the
     * listeners of the configuration to its connectors. When the server stops, the proxy drains first.
     *
     * @param base the directory that a relative path of the file starts from
     * @param file the configuration file (YAML)
     * @param contextPath such as {@code /} or {@code /cobrowse}; requests outside it are left to other contexts
     * @return the proxy
     * @throws ConfigException with every error of the file
     */
    public static StickyProxy install(Server server, String base, String file, String contextPath)
            throws ConfigException {
        ConfigReader.Result read = ConfigReader.read(Path.of(base).resolve(file), System::getenv);
        read.warnings().forEach(LOG::warn);
        ProxyConfig config = read.config();
        StickyProxy proxy = StickyProxy.builder(config).build();
        ServletContextHandler context = new ServletContextHandler(contextPath, ServletContextHandler.NO_SESSIONS);
        context.setAllowNullPathInContext(true); // The node answers a request for the context path itself.
        proxy.mount(context, "/*");
        add(server, context);
        proxy.listen(server, config.listeners().toArray(Listener[]::new));
        server.addEventListener(new Draining(proxy));
        return proxy;
    }

    private static void add(Server server, ServletContextHandler context) {
        ContextHandlerCollection contexts = server.getDescendant(ContextHandlerCollection.class);
        Handler present = server.getHandler();
        if (contexts != null) {
            contexts.addHandler(context);
        } else if (present == null) {
            server.setHandler(context);
        } else {
            server.setHandler(new Handler.Sequence(context, present));
        }
    }

    private record Draining(StickyProxy proxy) implements LifeCycle.Listener {
        @Override
        public void lifeCycleStopping(LifeCycle server) {
            try {
                proxy.drain();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

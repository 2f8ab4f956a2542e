package io.cobrowse.sticky.spring;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.proxy.StickyProxyServlet;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.servlet.DispatcherType;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.jetty.servlet.JettyServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Mounts the proxy on its paths; nothing else that the application serves is changed. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class StickyProxyAutoConfiguration {

    /** Reads the properties {@code cobrowse.proxy}. */
    @Bean
    StickyProxyProperties stickyProxyProperties(Environment environment) {
        return StickyProxyProperties.read(environment);
    }

    /** Creates the proxy, which starts and stops with the server. */
    @Bean
    @ConditionalOnMissingBean
    StickyProxy stickyProxy(StickyProxyProperties properties) {
        return StickyProxy.builder(properties.config()).build();
    }

    /**
     * Registers the filter in front of all other filters, so that they do no work for requests that no node can serve.
     */
    @Bean
    FilterRegistrationBean<StickinessFilter> stickinessFilter(StickyProxy proxy, StickyProxyProperties properties) {
        FilterRegistrationBean<StickinessFilter> registration = new FilterRegistrationBean<>(proxy.filter());
        registration.setUrlPatterns(properties.paths());
        registration.setDispatcherTypes(DispatcherType.REQUEST);
        registration.setAsyncSupported(true);
        registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
        return registration;
    }

    /** Registers the servlet on the paths of the filter. */
    @Bean
    ServletRegistrationBean<StickyProxyServlet> stickyProxyServlet(
            StickyProxy proxy, StickyProxyProperties properties) {
        ServletRegistrationBean<StickyProxyServlet> registration = new ServletRegistrationBean<>(proxy.servlet());
        registration.setUrlMappings(properties.paths());
        registration.setAsyncSupported(true);
        registration.setLoadOnStartup(0);
        return registration;
    }

    /** Replaces the server's connector with the proxy's. */
    @Bean
    WebServerFactoryCustomizer<JettyServletWebServerFactory> stickyProxyConnector(
            StickyProxy proxy, StickyProxyProperties properties) {
        return factory -> {
            if (properties.ownConnector()) {
                List<Listener> rules = properties.config().listeners();
                factory.addServerCustomizers(new OwnConnector(proxy, rules.get(0)));
            }
        };
    }

    /** Drains the proxy before the server stops. */
    @Bean
    Draining stickyProxyDraining(StickyProxy proxy) {
        return new Draining(proxy);
    }

    /** Adds the nodes to the actuator's health. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(HealthIndicator.class)
    static class Health {
        @Bean
        @ConditionalOnMissingBean(name = "cobrowseNodesHealthIndicator")
        HealthIndicator cobrowseNodesHealthIndicator(StickyProxy proxy) {
            return new NodesHealthIndicator(proxy);
        }
    }

    /** Adds the nodes to the actuator's metrics. */
    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(MeterBinder.class)
    static class Metrics {
        @Bean
        NodeMetrics cobrowseNodeMetrics(StickyProxy proxy) {
            return new NodeMetrics(proxy);
        }
    }
}

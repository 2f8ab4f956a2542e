package io.cobrowse.node.demo;

import java.nio.file.Path;

/**
 * The proxy's configuration for the demo, with access log, metrics and audit. It serves only what
 * customers and agents need: a node's {@code /cobrowse/internal}, where faults are injected, cannot be reached
 * through it.
 */
final class ProxyYaml {
    private ProxyYaml() {}

    /** @param accessLog where the proxy writes its access log */
    static String of(DemoOptions options, Path accessLog) {
        StringBuilder yaml = new StringBuilder();
        yaml.append("""
                listeners:
                  - name: public
                    address: 0.0.0.0:%d
                    allow: [ "/cobrowse/cometd/**", "/cobrowse/demo/**", "/cobrowse/health", "/cobrowse/rest/**" ]
                admin:
                  address: 127.0.0.1:%d
                stickiness:
                  expose-route: true
                timeouts:
                  drain: 1s
                access-log:
                  file: "%s"
                  max-size: 10MiB
                  files: 2
                metrics: { enabled: true }
                audit: { enabled: true }
                nodes:
                """.formatted(
                options.port(), options.adminPort(), accessLog.toString().replace("\\", "\\\\")));
        for (int i = 1; i <= options.nodes(); i++) {
            yaml.append("""
                      - id: "%d"
                        cookie: %s
                        url: %s
                    """.formatted(i, options.name(i), options.nodeUrl(i)));
        }
        return yaml.toString();
    }
}

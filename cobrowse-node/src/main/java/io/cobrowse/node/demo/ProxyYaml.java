package io.cobrowse.node.demo;

/**
 * The proxy's configuration for the demo. It serves what customers and agents need and no more: a node's
 * {@code /cobrowse/internal}, where faults are injected, cannot be reached through it.
 */
final class ProxyYaml {
    private ProxyYaml() {}

    static String of(DemoOptions options) {
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
                nodes:
                """.formatted(options.port(), options.adminPort()));
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

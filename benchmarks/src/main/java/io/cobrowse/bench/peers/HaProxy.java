package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** HAProxy, as Debian installs it. */
record HaProxy() implements Peer {
    private static final String COMMAND = "haproxy";

    @Override
    public String name() {
        return COMMAND;
    }

    @Override
    public String version() throws IOException {
        return Tool.version(List.of(Tool.find(COMMAND), "-v"), "version ([\\w.+-]+)");
    }

    @Override
    public String note() {
        return Tool.distribution() + "'s package; newer versions exist";
    }

    @Override
    public List<String> configure(Place place) throws IOException {
        String bind = switch (place.front()) {
            case HTTP1 -> "";
            case TLS -> " ssl crt " + place.identity().both();
            case HTTP2 -> " proto h2";
        };
        String config = """
                global
                    maxconn %3$d
                    nbthread 1
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 600s
                    timeout server 600s
                    timeout tunnel 10m
                frontend public
                    bind 127.0.0.1:%1$d%2$s
                    default_backend nodes
                backend nodes
                    balance roundrobin
                    cookie gcbSessionServer
                    use-server n1 if { urlp(co-browse-node-id) 1 }
                    use-server n2 if { urlp(co-browse-node-id) 2 }
                    use-server n3 if { urlp(co-browse-node-id) 3 }
                    server n1 127.0.0.1:%4$d cookie node-1
                    server n2 127.0.0.1:%5$d cookie node-2
                    server n3 127.0.0.1:%6$d cookie node-3
                """.formatted(
                        place.port(),
                        bind,
                        place.connections(),
                        place.nodePorts().get(0),
                        place.nodePorts().get(1),
                        place.nodePorts().get(2));
        Path file = Files.writeString(place.directory().resolve("haproxy.cfg"), config);
        return List.of(Tool.find(COMMAND), "-db", "-f", file.toString());
    }
}

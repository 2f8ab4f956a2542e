package io.cobrowse.bench.peers;

import io.cobrowse.bench.machine.Tool;
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
    public List<String> configure(Path directory, int port, int originPort, int connections) throws IOException {
        String config = """
                global
                    maxconn %3$d
                    nbthread 1
                defaults
                    mode http
                    timeout connect 2s
                    timeout client 60s
                    timeout server 75s
                    timeout tunnel 10m
                frontend public
                    bind 127.0.0.1:%1$d
                    default_backend nodes
                backend nodes
                    balance roundrobin
                    cookie gcbSessionServer
                    use-server n1 if { urlp(co-browse-node-id) 1 }
                    use-server n2 if { urlp(co-browse-node-id) 2 }
                    use-server n3 if { urlp(co-browse-node-id) 3 }
                    server n1 127.0.0.1:%2$d cookie node-1
                    server n2 127.0.0.1:%2$d cookie node-2
                    server n3 127.0.0.1:%2$d cookie node-3
                """.formatted(port, originPort, connections);
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), config);
        return List.of(Tool.find(COMMAND), "-db", "-f", file.toString());
    }
}

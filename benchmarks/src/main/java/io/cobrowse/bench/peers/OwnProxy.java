package io.cobrowse.bench.peers;

import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.NotInstalledException;
import io.cobrowse.measuring.ServerProcess;
import io.cobrowse.measuring.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The project's own proxy, from its runnable jar. */
record OwnProxy(String name, Path jar, List<String> javaOptions) implements Peer {
    @Override
    public String version() throws IOException {
        if (!Files.isRegularFile(jar)) {
            throw new NotInstalledException("there is no " + jar + ": build the module jetty-proxy");
        }
        return Tool.version(List.of(JavaProcess.java(), "-jar", jar.toString(), "--version"), "(\\S+)$");
    }

    @Override
    public List<String> configure(Place place) throws IOException {
        int adminPort = ServerProcess.freePort();
        String tls = place.front() == Front.TLS
                ? ", tls: { certificate: " + place.identity().certificate() + ", private-key: "
                        + place.identity().key() + " }"
                : "";
        String config = """
                listeners:
                  - { name: public, address: "127.0.0.1:%1$d"%3$s, limits: { connections-per-client: 0 } }
                admin: { address: "127.0.0.1:%2$d" }
                timeouts: { idle: 10m, response: 10m }
                stickiness: { cookie: gcbSessionServer, query-parameter: co-browse-node-id }
                nodes:
                  - { id: "1", cookie: node-1, url: "http://127.0.0.1:%4$d" }
                  - { id: "2", cookie: node-2, url: "http://127.0.0.1:%5$d" }
                  - { id: "3", cookie: node-3, url: "http://127.0.0.1:%6$d" }
                """.formatted(
                        place.port(),
                        adminPort,
                        tls,
                        place.nodePorts().get(0),
                        place.nodePorts().get(1),
                        place.nodePorts().get(2));
        Path file = Files.writeString(place.directory().resolve(name + ".yaml"), config);
        List<String> command = new ArrayList<>(List.of(JavaProcess.java()));
        command.addAll(javaOptions);
        command.addAll(List.of("-jar", jar.toString(), "run", "--config", file.toString()));
        return command;
    }

    @Override
    public boolean isJava() {
        return true;
    }
}

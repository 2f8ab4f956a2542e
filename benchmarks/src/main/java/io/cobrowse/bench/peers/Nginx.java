package io.cobrowse.bench.peers;

import io.cobrowse.measuring.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** nginx, as Debian installs it. */
record Nginx() implements Peer {
    private static final String COMMAND = "nginx";

    @Override
    public String name() {
        return COMMAND;
    }

    @Override
    public String version() throws IOException {
        return Tool.version(List.of(Tool.find(COMMAND), "-v"), "nginx/([\\w.+-]+)");
    }

    @Override
    public String note() {
        return Tool.distribution() + "'s package; newer versions exist";
    }

    @Override
    public List<String> configure(Place place) throws IOException {
        // The prefix keeps every temporary path inside the directory. The user matters to root only.
        boolean root = "root".equals(System.getProperty("user.name"));
        String listen = switch (place.front()) {
            case HTTP1 -> "";
            case TLS ->
                " ssl; ssl_certificate " + place.identity().certificate() + "; ssl_certificate_key "
                        + place.identity().key();
            case HTTP2 -> " http2";
        };
        String config = """
                %1$sworker_processes 1;
                daemon off;
                pid nginx.pid;
                error_log stderr error;
                events { worker_connections %4$d; }
                http {
                    access_log off;
                    client_body_temp_path temp;
                    proxy_temp_path temp;
                    fastcgi_temp_path temp;
                    scgi_temp_path temp;
                    uwsgi_temp_path temp;
                    upstream n1 { server 127.0.0.1:%5$d; keepalive 64; keepalive_requests 1000000000; }
                    upstream n2 { server 127.0.0.1:%6$d; keepalive 64; keepalive_requests 1000000000; }
                    upstream n3 { server 127.0.0.1:%7$d; keepalive 64; keepalive_requests 1000000000; }
                    upstream any {
                        server 127.0.0.1:%5$d; server 127.0.0.1:%6$d; server 127.0.0.1:%7$d;
                        keepalive 64; keepalive_requests 1000000000;
                    }
                    map $cookie_gcbSessionServer $by_cookie {
                        default any;
                        node-1 n1;
                        node-2 n2;
                        node-3 n3;
                    }
                    map $args $node {
                        default $by_cookie;
                        "~(^|&)co-browse-node-id=1(&|$)" n1;
                        "~(^|&)co-browse-node-id=2(&|$)" n2;
                        "~(^|&)co-browse-node-id=3(&|$)" n3;
                    }
                    map $http_upgrade $switch { default upgrade; "" ""; }
                    server {
                        listen 127.0.0.1:%2$d%3$s;
                        keepalive_requests 1000000000;
                        keepalive_timeout 600s;
                        location / {
                            proxy_pass http://$node;
                            proxy_http_version 1.1;
                            proxy_set_header Host $http_host;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection $switch;
                            proxy_read_timeout 600s;
                            proxy_send_timeout 600s;
                        }
                    }
                }
                """.formatted(
                        root ? "user root;\n" : "",
                        place.port(),
                        listen,
                        2 * place.connections() + 100,
                        place.nodePorts().get(0),
                        place.nodePorts().get(1),
                        place.nodePorts().get(2));
        Path directory = place.directory();
        Path file = Files.writeString(directory.resolve("nginx.conf"), config);
        return List.of(Tool.find(COMMAND), "-e", "stderr", "-p", directory.toString(), "-c", file.toString());
    }
}

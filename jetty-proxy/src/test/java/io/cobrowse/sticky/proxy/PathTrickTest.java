package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Listener;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.awaitility.Awaitility;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandler;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Targets that one server reads as allowed and another one as secret, sent to real servers that read them differently.
 * No request reaches {@code /secret} through a listener that allows only {@code /cobrowse}.
 */
class PathTrickTest {
    /** The unit test of plain paths has a longer table; these are worth a request each. */
    static final List<String> TRICKS = List.of(
            "/cobrowse/a;%2f../../secret/x",
            "/cobrowse/../secret/%252e%252e/cobrowse/x",
            "/cobrowse/../secret//../cobrowse/x",
            "/cobrowse/../secret/..%5ccobrowse/x",
            "/cobrowse/../secret/x",
            "/cobrowse/%2e%2e/secret/x",
            "/cobrowse/.%2e/secret/x",
            "/cobrowse/%2E%2E%2Fsecret/x",
            "/cobrowse/..%2fsecret/x",
            "/cobrowse/..%5csecret/x",
            "/cobrowse/..\\secret\\x",
            "/cobrowse\\..\\secret\\x",
            "/cobrowse/..;/secret/x",
            "/cobrowse/..;a=b/secret/x",
            "/cobrowse/.;/../secret/x",
            "/cobrowse;/../secret/x",
            "/cobrowse/%2e%2e;/secret/x",
            "/cobrowse/..%3b/secret/x",
            "/cobrowse/%252e%252e/secret/x",
            "/cobrowse/%252e%252e%252fsecret/x",
            "/cobrowse/..%252fsecret/x",
            "/cobrowse/%c0%ae%c0%ae/secret/x",
            "/cobrowse/..%c0%afsecret/x",
            "/cobrowse/%u002e%u002e/secret/x",
            "/cobrowse//../../secret/x",
            "/cobrowse//..//..//secret/x",
            "//secret/x/../../cobrowse/x",
            "/secret/x/../../cobrowse/x",
            "/secret/x/..;/../cobrowse/x",
            "/secret/x/%2e%2e/%2e%2e/cobrowse/x",
            "/secret/x;/../../cobrowse/x",
            "/./secret/x",
            "/%73ecret/x",
            "/secret%2fx",
            "//secret/x",
            "/;/secret/x",
            "/cobrowse/x%00/../../secret/x",
            "/cobrowse/x%3f/../../secret/x",
            "/cobrowse/x%23/../../secret/x",
            "http://p/cobrowse/../secret/x",
            "http://p/secret/x",
            "http://p/cobrowse/..%2fsecret/x",
            "http:/secret/x/../../cobrowse/x",
            "http:///secret/x",
            "http://p\\..\\secret/x?/cobrowse/x",
            "http://p/secret/x?http://p/cobrowse/x",
            "x:/cobrowse/../secret/x",
            "secret/x/../../cobrowse/x",
            "/cobrowse/..");

    @TempDir
    static Path directory;

    private static void shouldKeepTheSecret(int nodePort) throws Exception {
        try (StickyProxyServer proxy = StickyProxyServer.builder()
                .listen(new Listener("public", new Address("127.0.0.1", 0), null, List.of("/cobrowse/**"), List.of()))
                .admin("127.0.0.1", 0)
                .node("1", "node-1", "http://127.0.0.1:" + nodePort)
                .build()
                .start()) {
            assertThat(ask(nodePort, "/secret/x")).contains("200", "the secret");
            assertThat(ask(proxy.uri("public").getPort(), "/cobrowse/x%20%e2%82%ac;a=b?c=/../d"))
                    .contains("200", "open");
            List<String> through = TRICKS.stream()
                    .filter(trick -> !ask(proxy.uri("public").getPort(), trick).matches("(?s)HTTP/1.1 40[04] .*"))
                    .toList();
            assertThat(through).isEmpty();
            try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
                assertThat(client.get("/cobrowse/x").text()).isEqualTo("open");
            }
            for (String trick : TRICKS) {
                try (RawHttp2Client client = new RawHttp2Client(proxy.uri("public"))) {
                    RawHttp2Client.Answer answer = client.get(trick);
                    assertThat(answer.isReset() || answer.status() == 400 || answer.status() == 404)
                            .as(trick)
                            .isTrue();
                } catch (IOException connectionError) {
                    assertThat(connectionError).hasMessageContaining("The server gave the connection up");
                }
            }
        }
    }

    private static String ask(int port, String target) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(15_000);
            socket.getOutputStream()
                    .write(("GET " + target + " HTTP/1.1\r\nHost: p\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    @Test
    void shouldKeepTheSecretOfTomcat() throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setPort(0);
        tomcat.setSilent(true);
        Context context = tomcat.addContext("", null);
        answer(context, "secret", "/secret/*", "the secret");
        answer(context, "open", "/*", "open");
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        tomcat.getConnector().setProperty("relaxedPathChars", "\\|{}[]^");
        tomcat.getConnector().setEncodedSolidusHandling("decode");
        tomcat.getConnector().setAllowBackslash(true);
        tomcat.start();
        try {
            shouldKeepTheSecret(tomcat.getConnector().getLocalPort());
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    private static void answer(Context context, String name, String path, String text) {
        Tomcat.addServlet(context, name, new HttpServlet() {
            @Override
            protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
                response.getWriter().print(text);
            }
        });
        context.addServletMapping(path, name);
    }

    @Test
    void shouldKeepTheSecretOfJetty() throws Exception {
        Server server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.UNSAFE);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Handler.Sequence(
                new ContextHandler(text("the secret"), "/secret"), new ContextHandler(text("open"), "/")));
        server.start();
        try {
            shouldKeepTheSecret(connector.getLocalPort());
        } finally {
            server.stop();
        }
    }

    private static Handler text(String text) {
        return new Handler.Abstract.NonBlocking() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, text, callback);
                return true;
            }
        };
    }

    @Test
    void shouldKeepTheSecretOfNginx() throws Exception {
        Path nginx = Path.of("/usr/sbin/nginx");
        assumeThat(nginx).isExecutable();
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; pid %1$s/nginx.pid; error_log stderr; events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s; uwsgi_temp_path %1$s;
                  scgi_temp_path %1$s;
                  server {
                    listen 127.0.0.1:%2$d;
                    location /secret { return 200 "the secret"; }
                    location / { return 200 "open"; }
                  }
                }
                """.formatted(directory, port));
        Process process = new ProcessBuilder(nginx.toString(), "-e", "stderr", "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.log").toFile())
                .start();
        try {
            Awaitility.await().until(() -> ask(port, "/").contains("open"));
            shouldKeepTheSecret(port);
        } finally {
            process.destroy();
            process.waitFor();
        }
    }
}

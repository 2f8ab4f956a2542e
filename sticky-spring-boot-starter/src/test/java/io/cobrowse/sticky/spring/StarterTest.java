package io.cobrowse.sticky.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.cobrowse.sticky.proxy.StickyProxy;
import io.cobrowse.sticky.proxy.listener.ListenerConnector;
import io.cobrowse.sticky.routing.NodeState;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jetty.JettyWebServer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** A real application on a free port, with the starter, the actuator, and a page of its own. */
class StarterTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    private final HttpClient client = HttpClient.newHttpClient();
    private final List<String> targets = new CopyOnWriteArrayList<>();
    private HttpServer node;
    private ConfigurableApplicationContext application;

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {
        @Bean
        Own own() {
            return new Own();
        }
    }

    @RestController
    static class Own {
        @GetMapping("/own")
        String own() {
            return "own";
        }
    }

    @BeforeEach
    void startNode() throws Exception {
        node = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        node.createContext("/", exchange -> {
            if (!exchange.getRequestURI().getPath().equals("/cobrowse/health")) {
                targets.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
            }
            byte[] body = exchange.getRequestBody().readAllBytes();
            byte[] answer = body.length == 0 ? "ok".getBytes(StandardCharsets.US_ASCII) : body;
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        node.start();
    }

    @AfterEach
    void stop() {
        if (application != null) {
            application.close();
        }
        node.stop(0);
    }

    private void start(String... properties) {
        List<String> arguments = new ArrayList<>(List.of(
                "server.port=0",
                "server.address=127.0.0.1",
                "cobrowse.proxy.nodes[0].id=1",
                "cobrowse.proxy.nodes[0].cookie=node-1",
                "cobrowse.proxy.nodes[0].url=http://127.0.0.1:"
                        + node.getAddress().getPort(),
                "cobrowse.proxy.stickiness.expose-route=true",
                "management.endpoint.health.show-details=always",
                "management.endpoints.web.exposure.include=health,metrics"));
        arguments.addAll(List.of(properties));
        SpringApplication spring = new SpringApplication(Application.class);
        application = spring.run(Stream.concat(arguments.stream(), Stream.of("spring.main.banner-mode=off"))
                .map(each -> "--" + each)
                .toArray(String[]::new));
    }

    private JettyWebServer server() {
        return (JettyWebServer) ((ServletWebServerApplicationContext) application).getWebServer();
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server().getPort() + path);
        return client.send(request.uri(uri).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> get(String path) throws Exception {
        return send(HttpRequest.newBuilder(), path);
    }

    @Test
    void shouldForwardItsPathsAndLeaveTheOthersToTheApplication() throws Exception {
        start();
        HttpResponse<String> answer = get("/cobrowse/a%2Fb?x=%7C");
        assertThat(answer.body()).isEqualTo("ok");
        assertThat(answer.headers().firstValue("Sticky-Route")).hasValue("node=1; by=none");
        assertThat(targets).containsExactly("GET /cobrowse/a%2Fb?x=%7C");
        assertThat(get("/own").body()).isEqualTo("own");
        assertThat(get("/own").headers().firstValue("Sticky-Route")).isEmpty();
        assertThat(get("/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldForwardBodies() throws Exception {
        start();
        for (String method : List.of("POST", "PUT")) {
            HttpRequest.Builder request = HttpRequest.newBuilder()
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString("{\"a\":1}"));
            assertThat(send(request, "/cobrowse/x").body()).isEqualTo("{\"a\":1}");
        }
    }

    @Test
    void shouldTellTheStatesOfTheNodes() throws Exception {
        start();
        assertThat(get("/actuator/health").body()).contains("\"cobrowseNodes\":{\"details\":{\"1\":\"ready\"}");
        StickyProxy proxy = application.getBean(StickyProxy.class);
        MeterRegistry registry = application.getBean(MeterRegistry.class);
        await().atMost(SOON).until(() -> state(registry, "ready") == 1 && state(registry, "maint") == 0);
        proxy.states().setAdmin("1", NodeState.MAINT);
        assertThat(get("/actuator/health").statusCode()).isEqualTo(503);
        assertThat(state(registry, "maint")).isEqualTo(1);
        assertThat(get("/cobrowse/x").statusCode()).isEqualTo(503);
    }

    private static double state(MeterRegistry registry, String state) {
        var gauge = registry.find("cobrowse.node.state")
                .tags("node", "1", "state", state)
                .gauge();
        return gauge == null ? -1 : gauge.value();
    }

    @Test
    void shouldPutTheProxysOwnConnectorInPlaceOfTheServers() throws Exception {
        start(
                "cobrowse.proxy.listener.limits.target-bytes=256B",
                "cobrowse.proxy.listener.deny[0]=/cobrowse/rest/history/**");
        assertThat(server().getServer().getConnectors()).hasOnlyElementsOfType(ListenerConnector.class);
        assertThat(get("/cobrowse/" + "x".repeat(300)).statusCode()).isEqualTo(414);
        assertThat(get("/cobrowse/rest/history/1").statusCode()).isEqualTo(404);
        assertThat(get("/cobrowse/x").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldLeaveTheServersConnectorWhereThatIsAskedFor() throws Exception {
        start("cobrowse.proxy.own-connector=false", "cobrowse.proxy.paths[0]=/elsewhere/*");
        assertThat(server().getServer().getConnectors()).doesNotHaveAnyElementsOfTypes(ListenerConnector.class);
        assertThat(get("/elsewhere/x").body()).isEqualTo("ok");
        assertThat(get("/cobrowse/x").statusCode()).isEqualTo(404);
    }

    @Test
    void shouldRefuseWrongPropertiesByTheirNames() {
        assertThatThrownBy(
                        () -> start("cobrowse.proxy.nodes[0].weight=0", "cobrowse.proxy.listener.limits.conections=1"))
                .rootCause()
                .message()
                .contains("cobrowse.proxy.nodes[0].weight: \"0\": a whole number from 1 to 256")
                .contains("cobrowse.proxy.listener.limits.conections: unknown key: did you mean connections?");
        assertThatThrownBy(() -> start("cobrowse.proxy.admin.address=127.0.0.1:0"))
                .rootCause()
                .hasMessageStartingWith("cobrowse.proxy.admin: not allowed in an application");
    }
}

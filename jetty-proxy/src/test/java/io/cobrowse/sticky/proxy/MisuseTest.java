package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.cobrowse.sticky.filter.StickinessFilter;
import io.cobrowse.sticky.proxy.config.ProxyConfig;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Address;
import io.cobrowse.sticky.proxy.config.ProxyConfig.Health;
import io.cobrowse.sticky.routing.Node;
import io.cobrowse.sticky.routing.NodeState;
import io.cobrowse.sticky.routing.Router;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.ServletException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.NetworkConnector;
import org.eclipse.jetty.server.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Mistakes of embedders are refused with advice, and leave no counts. */
class MisuseTest {
    private RawNode rawNode;
    private StickyProxy proxy;
    private Server server;
    private ServletContextHandler context;

    @BeforeEach
    void prepare() throws Exception {
        rawNode = new RawNode();
        proxy = proxy();
        server = new Server();
        context = new ServletContextHandler("/");
        server.setHandler(context);
    }

    @AfterEach
    void stop() throws Exception {
        server.stop();
        rawNode.close();
    }

    private StickyProxy proxy() {
        return StickyProxy.builder().node("1", "node-1", rawNode.url()).build();
    }

    private StickyProxyServerBuilder serverBuilder() {
        return StickyProxyServer.builder().listen("127.0.0.1", 0).node("1", "node-1", rawNode.url());
    }

    private void add(StickinessFilter filter, String path, boolean async) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(async);
        context.addFilter(holder, path, EnumSet.of(DispatcherType.REQUEST));
    }

    private void add(StickyProxyServlet servlet, String path, boolean async) {
        ServletHolder holder = new ServletHolder("sticky-proxy", servlet);
        holder.setAsyncSupported(async);
        holder.setInitOrder(0);
        context.addServlet(holder, path);
    }

    private void assertThatTheStartFails(String... text) {
        assertThatThrownBy(server::start)
                .isInstanceOf(ServletException.class)
                .message()
                .contains(text);
    }

    /** Starts the server, and asserts that a request fails, reaches no node, and is not counted. */
    private void assertThatTheFirstRequestFails(String... text) throws Exception {
        proxy.listen(server, "127.0.0.1", 0);
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + ((NetworkConnector) server.getConnectors()[0]).getLocalPort());
        try (RawClient client = new RawClient(uri)) {
            RawClient.Answer answer = client.get("/cobrowse/x");
            assertThat(answer.status()).isEqualTo(500);
            assertThat(answer.text()).contains(text);
        }
        assertThat(rawNode.received()).isZero();
        for (Node node : proxy.router().table().nodes()) {
            await().untilAsserted(() -> assertThat(node.activeRequests()).isZero());
        }
    }

    @Test
    void shouldRefuseAJettyThatIsTooOld() {
        assertThatIllegalStateException()
                .isThrownBy(() -> Prerequisites.checkJetty("12.1.10"))
                .withMessageStartingWith("The proxy needs Jetty 12.1.14 or later, and this is 12.1.10: ")
                .withMessageContaining("<jetty.version>12.1.14</jetty.version>");
        Prerequisites.checkJetty("12.1.14");
        Prerequisites.checkJetty("12.2.0-SNAPSHOT");
        Prerequisites.checkJetty("unknown");
    }

    @Test
    void shouldRefuseAServletWithoutAsyncSupport() {
        add(proxy.filter(), "/*", true);
        add(proxy.servlet(), "/*", false);
        assertThatTheStartFails("sticky-proxy", "async support", "setAsyncSupported(true)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"whiteList", "blackList"})
    void shouldRefuseInitParamsThatWouldChooseHosts(String name) {
        add(proxy.filter(), "/*", true);
        ServletHolder holder = new ServletHolder("sticky-proxy", proxy.servlet());
        holder.setAsyncSupported(true);
        holder.setInitOrder(0);
        holder.setInitParameter(name, "example.com:80");
        context.addServlet(holder, "/*");
        assertThatTheStartFails("init-param \"" + name + "\"", "not allowed", "nodes of the Router");
    }

    @Test
    void shouldRefuseRequestsBehindAFilterWithoutAsyncSupport() throws Exception {
        add(proxy.filter(), "/*", false);
        add(proxy.servlet(), "/*", true);
        assertThatTheFirstRequestFails("no async support", "setAsyncSupported(true)");
    }

    @Test
    void shouldRefuseRequestsThatPassTwoFilters() throws Exception {
        add(proxy.filter(), "/*", true);
        add(new StickinessFilter(proxy.router()), "/cobrowse/*", true);
        add(proxy.servlet(), "/*", true);
        assertThatTheFirstRequestFails("map one filter, once");
    }

    @Test
    void shouldRefuseAFilterWithAnotherRouter() {
        add(proxy().filter(), "/*", true);
        add(proxy.servlet(), "/*", true);
        assertThatTheStartFails("another Router", "same StickyProxy");
    }

    @Test
    void shouldRefuseTwoFiltersWithRoutersOfTheirOwn() {
        add(proxy.filter(), "/a/*", true);
        add(proxy().filter(), "/b/*", true);
        assertThatTheStartFails("another StickinessFilter of this context");
    }

    @Test
    void shouldRefuseAServletWithoutAFilter() {
        add(proxy.servlet(), "/*", true);
        assertThatTheStartFails("no StickinessFilter", "StickyProxy.mount");
    }

    @Test
    void shouldRefuseRequestsThatTheFilterIsNotMappedTo() throws Exception {
        add(proxy.filter(), "/elsewhere/*", true);
        add(proxy.servlet(), "/*", true);
        assertThatTheFirstRequestFails("map it to every path of the servlet");
    }

    @Test
    void shouldRefuseTomcat(@TempDir Path directory) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(directory.toString());
        tomcat.setSilent(true);
        Context tomcatContext = tomcat.addContext("", null);
        FilterDef definition = new FilterDef();
        definition.setFilterName("stickiness");
        definition.setFilter(proxy.filter());
        definition.setAsyncSupported("true");
        tomcatContext.addFilterDef(definition);
        FilterMap mapping = new FilterMap();
        mapping.setFilterName("stickiness");
        mapping.addURLPattern("/*");
        tomcatContext.addFilterMap(mapping);
        Wrapper wrapper = Tomcat.addServlet(tomcatContext, "proxy", proxy.servlet());
        wrapper.setAsyncSupported(true);
        tomcatContext.addServletMapping("/*", "proxy");
        tomcat.getConnector().setPort(0);
        tomcat.getConnector().setProperty("address", "127.0.0.1");
        try {
            tomcat.start();
            assertThatThrownBy(wrapper::allocate)
                    .isInstanceOf(ServletException.class)
                    .message()
                    .contains("ee11 servlets of Jetty", "Apache Tomcat", "StickyProxyServer");
        } finally {
            tomcat.stop();
            tomcat.destroy();
        }
    }

    @Test
    void shouldRefuseAnotherJettyEnvironment() throws Exception {
        var older = new org.eclipse.jetty.ee10.servlet.ServletContextHandler("/");
        var filter = new org.eclipse.jetty.ee10.servlet.FilterHolder(proxy.filter());
        filter.setAsyncSupported(true);
        older.addFilter(filter, "/*", EnumSet.of(DispatcherType.REQUEST));
        var holder = new org.eclipse.jetty.ee10.servlet.ServletHolder(proxy.servlet());
        holder.setAsyncSupported(true);
        holder.setInitOrder(0);
        older.addServlet(holder, "/*");
        server.setHandler(older);
        assertThatTheStartFails("ee11 servlets of Jetty", "ee10");
    }

    @Test
    void shouldHandItsRouterToTheServletContext() throws Exception {
        FilterHolder holder = new FilterHolder(StickinessFilter.class);
        holder.setInitParameter("nodes", "1 node-1 " + rawNode.url());
        context.addFilter(holder, "/*", EnumSet.of(DispatcherType.REQUEST));
        server.start();
        Router router = StickinessFilter.router(context.getServletContext());
        router.update(table -> table.withState("1", NodeState.DOWN));
        assertThat(router.table().state(router.table().node("1"))).isEqualTo(NodeState.DOWN);
        server.stop();
        assertThat(StickinessFilter.router(context.getServletContext())).isNull();
    }

    @Test
    void shouldRefuseToBeMountedTooLate() throws Exception {
        server.start();
        assertThatIllegalStateException()
                .isThrownBy(() -> proxy.mount(context, "/*"))
                .withMessage("The context is started: mount the proxy before");
    }

    @Test
    void shouldRefuseToListenWithoutAHandlerAndTwice() {
        assertThatIllegalStateException()
                .isThrownBy(() -> proxy.listen(new Server(), "127.0.0.1", 0))
                .withMessageContaining("call setHandler before");
        proxy.listen(server, "127.0.0.1", 0);
        assertThatIllegalStateException()
                .isThrownBy(() -> proxy.listen(server, "127.0.0.1", 0))
                .withMessageContaining("twice");
    }

    @Test
    void shouldNotStartBehindCloseNorTwice() throws Exception {
        StickyProxyServer closed = serverBuilder().build();
        closed.close();
        assertThatIllegalStateException()
                .isThrownBy(closed::start)
                .withMessage("The proxy is closed, and cannot be started again: build another one");
        try (StickyProxyServer started = serverBuilder().build().start()) {
            assertThatIllegalStateException().isThrownBy(started::start).withMessage("The proxy is started already");
        }
    }

    @Test
    void shouldHaveNoAddressBeforeTheStart() {
        try (StickyProxyServer unstarted = serverBuilder().admin("127.0.0.1", 0).build()) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> unstarted.uri("public"))
                    .withMessage("Listener public is not open: start the proxy before");
            assertThatIllegalStateException()
                    .isThrownBy(unstarted::adminUri)
                    .withMessage("Listener admin is not open: start the proxy before");
        }
    }

    @Test
    void shouldHaveNoAdminListenerUnlessAskedFor() throws Exception {
        try (StickyProxyServer started = serverBuilder().build().start()) {
            assertThatIllegalStateException()
                    .isThrownBy(started::adminUri)
                    .withMessage("There is no admin listener: ask the builder for one by admin(host, port)");
        }
    }

    @Test
    void shouldSayWhichListenerCannotBeOpened() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() ->
                            serverBuilder().listen("127.0.0.1", port).build().start())
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("Listener public-2 cannot listen on 127.0.0.1:" + port + ": ");
            assertThatThrownBy(() ->
                            serverBuilder().admin("127.0.0.1", port).build().start())
                    .isInstanceOf(BindException.class)
                    .hasMessageStartingWith("Listener admin cannot listen on 127.0.0.1:" + port + ": ");
        }
    }

    @Test
    void shouldValidateWhatIsBuiltAsWhatIsRead() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> StickyProxyServer.builder()
                        .listen("0.0.0.0", 70_000)
                        .listen(new ProxyConfig.Listener(
                                "public", new Address("127.0.0.1", 0), null, List.of("cobrowse"), List.of("nobody")))
                        .admin("0.0.0.0", 8081)
                        .node("one node", "node-1", "ftp://a")
                        .node("2", "node-1", "http://b")
                        .health(new Health("health", Duration.ZERO, Duration.ofSeconds(1), 0, 3))
                        .build())
                .satisfies(wrong -> assertThat(wrong.getMessage().lines())
                        .anySatisfy(line ->
                                assertThat(line).startsWith("listeners[0].address: \"0.0.0.0:70000\": HOST:PORT"))
                        .anySatisfy(
                                line -> assertThat(line).startsWith("listeners[1].name: \"public\": must be unique"))
                        .anySatisfy(line -> assertThat(line).startsWith("listeners[1].allow[0]: \"cobrowse\": a path"))
                        .anySatisfy(line -> assertThat(line).startsWith("listeners[1].trusted-peers[0]: \"nobody\": "))
                        .anySatisfy(line -> assertThat(line)
                                .isEqualTo(
                                        "admin.token: missing: required, since 0.0.0.0:8081 is not a loopback address"))
                        .anySatisfy(line -> assertThat(line).startsWith("nodes[0].id: \"one node\": "))
                        .anySatisfy(line -> assertThat(line).startsWith("nodes[0].url: \"ftp://a\": http://HOST"))
                        .anySatisfy(line -> assertThat(line).startsWith("nodes[1].cookie: \"node-1\": must be unique"))
                        .anySatisfy(line -> assertThat(line).startsWith("health.path: \"health\": "))
                        .anySatisfy(line -> assertThat(line).startsWith("health.interval: "))
                        .anySatisfy(line -> assertThat(line).startsWith("health.rise: \"0\": ")));
    }

    @Test
    void shouldValidateAReload() throws Exception {
        try (StickyProxyServer started = serverBuilder().build().start()) {
            ProxyConfig before = started.config();
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            started.reload(before.withAdmin(new ProxyConfig.Admin(new Address("0.0.0.0", 1), null))))
                    .withMessageStartingWith("admin.token: missing");
            assertThat(started.config()).isEqualTo(before);
        }
    }
}

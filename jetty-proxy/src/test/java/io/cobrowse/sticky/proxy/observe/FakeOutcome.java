package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.proxy.exchange.Outcome;
import io.cobrowse.sticky.routing.Route;
import java.lang.reflect.Proxy;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.Request;

/** An outcome with the values of a test. Reading it allocates nothing. */
final class FakeOutcome implements Outcome {
    private static final SocketAddress CLIENT = new InetSocketAddress("127.0.0.1", 4711);
    private static final Connector CONNECTOR =
            fake(Connector.class, (method) -> method.equals("getName") ? "public" : null);

    Route route;
    Route firstRoute;
    int status = 200;
    End end = End.OK;
    HttpFields answer = HttpFields.EMPTY;
    long totalNanos = TimeUnit.MILLISECONDS.toNanos(5);
    boolean tunnel;
    boolean tunnelClosed;
    String requestBody;
    String answerBody;
    private final Request request;

    FakeOutcome(Route route, String method, String target, HttpFields fields) {
        this.route = route;
        this.firstRoute = route;
        this.request = new FakeRequest(method, FakeRequest.uri(target), fields);
    }

    FakeOutcome(Route route, String target, HttpFields fields) {
        this(route, "GET", target, fields);
    }

    FakeOutcome(Route route, String target) {
        this(route, target, HttpFields.build().put("Host", "proxy").asImmutable());
    }

    private static <T> T fake(Class<T> type, Function<String, Object> answers) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, args) -> answers.apply(method.getName())));
    }

    private static final class FakeRequest extends Request.Wrapper {
        private final HttpURI uri;
        private final HttpFields fields;
        private final String method;
        private final ConnectionMetaData connection =
                new ConnectionMetaData.Wrapper(fake(ConnectionMetaData.class, method -> null)) {
                    @Override
                    public SocketAddress getRemoteSocketAddress() {
                        return CLIENT;
                    }

                    @Override
                    public Connector getConnector() {
                        return CONNECTOR;
                    }

                    @Override
                    public HttpVersion getHttpVersion() {
                        return HttpVersion.HTTP_1_1;
                    }

                    @Override
                    public org.eclipse.jetty.io.Connection getConnection() {
                        return null;
                    }
                };

        FakeRequest(String method, HttpURI uri, HttpFields fields) {
            super(fake(Request.class, call -> call.equals("getHttpURI") ? uri : null));
            this.uri = uri;
            this.fields = fields;
            this.method = method;
        }

        private static HttpURI uri(String target) {
            int query = target.indexOf('?');
            return HttpURI.build()
                    .path(query < 0 ? target : target.substring(0, query))
                    .query(query < 0 ? null : target.substring(query + 1))
                    .asImmutable();
        }

        @Override
        public HttpURI getHttpURI() {
            return uri;
        }

        @Override
        public String getMethod() {
            return method;
        }

        @Override
        public HttpFields getHeaders() {
            return fields;
        }

        @Override
        public ConnectionMetaData getConnectionMetaData() {
            return connection;
        }
    }

    @Override
    public Request request() {
        return request;
    }

    @Override
    public int status() {
        return status;
    }

    @Override
    public Route route() {
        return route;
    }

    @Override
    public Route firstRoute() {
        return firstRoute;
    }

    @Override
    public End end() {
        return end;
    }

    @Override
    public HttpFields answerFields() {
        return answer;
    }

    @Override
    public String requestBodyStart() {
        return requestBody;
    }

    @Override
    public String answerBodyStart() {
        return answerBody;
    }

    @Override
    public int retries() {
        return 1;
    }

    @Override
    public long endMillis() {
        return 1_700_000_000_128L;
    }

    @Override
    public long queueNanos() {
        return -1;
    }

    @Override
    public long connectedNanos() {
        return 1_000_000;
    }

    @Override
    public long firstByteNanos() {
        return 3_500_000;
    }

    @Override
    public long totalNanos() {
        return totalNanos;
    }

    @Override
    public long requestBytes() {
        return 10;
    }

    @Override
    public long responseBytes() {
        return 20;
    }

    @Override
    public boolean tunnel() {
        return tunnel;
    }

    @Override
    public boolean tunnelClosed() {
        return tunnelClosed;
    }
}

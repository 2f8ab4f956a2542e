package io.cobrowse.bench.peers;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The requests of each workload, and how clients send them. Stateless. */
final class Requests {
    private static final String COOKIES = "_ga=GA1.2.1826373112.1700000000; _gid=GA1.2.993214101.1700000000; _gat=1;"
            + " _fbp=fb.1.1700000000000.1186; gcbSessionServer=node-2; JSESSIONID=1bq8k2x0c4w9d1m7p5h3zjv6e0; lang=en-US;"
            + " cookieConsent=analytics%3Dtrue%2Cmarketing%3Dfalse; BAYEUX_BROWSER=4a2b1c9d8e7f6a5b";
    private static final int POST_BYTES = 1024;

    private Requests() {}

    /** Returns an opener of connections to a proxy for a workload. */
    static LoadClient.Opener opener(Workload workload, InetSocketAddress proxy, Identity identity) {
        byte[] request = request(workload).getBytes(StandardCharsets.ISO_8859_1);
        return switch (workload) {
            case GET, POST, DOWNLOAD, PARKED_POLLS ->
                selector -> new HttpConnection(selector, () -> new Transport(proxy), request, true);
            case NEW_CONNECTION -> selector -> new HttpConnection(selector, () -> new Transport(proxy), request, false);
            case TLS ->
                selector ->
                        new HttpConnection(selector, () -> new TlsTransport(proxy, identity.trusting()), request, true);
            case HTTP2 -> selector -> new Http2Connection(selector, new Transport(proxy), request);
            case WS_ROUND_TRIPS, IDLE_TUNNELS -> selector -> new TunnelConnection(selector, new Transport(proxy));
        };
    }

    private static String request(Workload workload) {
        return switch (workload) {
            case POST ->
                head(
                                "POST",
                                "/cobrowse/cometd",
                                "Content-Type: application/json\r\nContent-Length: " + POST_BYTES + "\r\n")
                        + "x".repeat(POST_BYTES);
            case DOWNLOAD -> head("GET", "/download", "");
            case PARKED_POLLS -> head("GET", "/park", "");
            case NEW_CONNECTION -> head("GET", "/cobrowse/rest", "Connection: close\r\n");
            case GET, TLS, HTTP2, WS_ROUND_TRIPS, IDLE_TUNNELS -> head("GET", "/cobrowse/rest", "");
        };
    }

    private static String head(String method, String target, String fields) {
        return method + " " + target + " HTTP/1.1\r\nHost: cobrowse.example.com\r\n"
                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0\r\n"
                + "Accept: application/json\r\nAccept-Language: en-US,en;q=0.9\r\n" + fields + "Cookie: " + COOKIES
                + "\r\n\r\n";
    }
}

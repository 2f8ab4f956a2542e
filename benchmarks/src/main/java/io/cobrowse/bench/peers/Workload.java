package io.cobrowse.bench.peers;

import java.util.Locale;

/** The loads that proxies are measured under. */
public enum Workload {
    /** Small sticky requests and answers on connections that stay open. */
    GET(Front.HTTP1, "small GET, keep-alive"),
    /** Requests with a body of 1 KiB. */
    POST(Front.HTTP1, "POST of 1 KiB"),
    /** Answers of 64 KiB. */
    DOWNLOAD(Front.HTTP1, "download of 64 KiB"),
    /** A new connection for each small request. */
    NEW_CONNECTION(Front.HTTP1, "small GET, a new connection each"),
    /** Like {@link #GET}, over TLS. */
    TLS(Front.TLS, "small GET over TLS, keep-alive"),
    /** Like {@link #GET}, over HTTP/2. */
    HTTP2(Front.HTTP2, "small GET over HTTP/2"),
    /** WebSocket messages that the node echoes. */
    WS_ROUND_TRIPS(Front.HTTP1, "WebSocket round trips of 200 bytes"),
    /** WebSockets that are open and idle. */
    IDLE_TUNNELS(Front.HTTP1, "idle WebSockets"),
    /** Requests that the node does not answer for the time being. */
    PARKED_POLLS(Front.HTTP1, "parked long-polls");

    private final Front front;
    private final String title;

    Workload(Front front, String title) {
        this.front = front;
        this.title = title;
    }

    Front front() {
        return front;
    }

    String title() {
        return title;
    }

    /** Returns whether this measures waiting connections instead of requests. */
    boolean isIdle() {
        return this == IDLE_TUNNELS || this == PARKED_POLLS;
    }

    boolean takesWebSocket() {
        return this == WS_ROUND_TRIPS || this == IDLE_TUNNELS;
    }

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

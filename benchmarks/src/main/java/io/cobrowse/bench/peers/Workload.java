package io.cobrowse.bench.peers;

import java.util.Locale;

/** What the proxies are put through. */
public enum Workload {
    /** WebSocket messages that go to the node and come back. */
    WS_ROUND_TRIPS,
    /** WebSockets that are open and quiet. */
    IDLE_TUNNELS;

    /** Returns the name on the command line. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

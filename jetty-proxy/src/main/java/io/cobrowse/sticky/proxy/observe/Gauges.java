package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.routing.Node;
import java.util.Map;

/** What is open now, as those know it who hold it. Thread-safe. */
public interface Gauges {
    /** Returns the requests that wait for a place at a node. */
    int waiting(Node node);

    /** Returns the requests that are meant to wait for a node's answer, and do. */
    int parkedPolls(Node node);

    /** Returns the connections to a node, idle and in use. */
    int connections(Node node);

    /** Returns the connections to a node that are idle. */
    int idleConnections(Node node);

    /** Returns the good checks and the failed ones of a node, in this order. */
    long[] checks(Node node);

    /** Returns how often each limit of each listener has refused or ended something, by listener and limit. */
    Map<String, Map<String, Long>> limited();

    /** Returns the connections of clients by listener. */
    Map<String, Integer> clientConnections();
}

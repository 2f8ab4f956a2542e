package io.cobrowse.sticky.proxy.observe;

import io.cobrowse.sticky.routing.Node;
import java.util.Map;

/** The current numbers of open things, read from the components that hold them. Thread-safe. */
public interface Gauges {
    /** Returns the number of requests that wait for a place at a node. */
    int waiting(Node node);

    /** Returns the number of polls parked at a node. */
    int parkedPolls(Node node);

    /** Returns the number of connections to a node, idle and in use. */
    int connections(Node node);

    /** Returns the number of idle connections to a node. */
    int idleConnections(Node node);

    /** Returns the numbers of passed and failed checks of a node, in this order. */
    long[] checks(Node node);

    /** Returns how often each limit of each listener has refused or ended something, by listener and limit. */
    Map<String, Map<String, Long>> limited();

    /** Returns the number of client connections of each listener. */
    Map<String, Integer> clientConnections();
}

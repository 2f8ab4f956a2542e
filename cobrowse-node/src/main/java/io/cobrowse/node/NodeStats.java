package io.cobrowse.node;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The counts of a node. Immutable.
 *
 * @param name the node's name
 * @param sessions sessions in memory that have not ended
 * @param customers customers in them
 * @param agents agents in them
 * @param requests HTTP requests and WebSocket upgrades since the start, except health checks and internal paths
 * @param foreign requests and CometD messages that belong to another node: their query or cookie names another node, or
 *     they name a session that is not here. A look-up of a session is never foreign; a cookie of another node is not
 *     foreign in a request that starts a session or a CometD client
 * @param unknownClients402 CometD messages answered with 402 because their client is not known here
 * @param relayed DOM and pointer events passed on to the partner
 */
public record NodeStats(
        String name,
        long sessions,
        long customers,
        long agents,
        long requests,
        long foreign,
        long unknownClients402,
        long relayed) {

    Map<String, Object> toMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("name", name);
        map.put("sessions", sessions);
        map.put("customers", customers);
        map.put("agents", agents);
        map.put("requests", requests);
        map.put("foreign", foreign);
        map.put("unknownClients402", unknownClients402);
        map.put("relayed", relayed);
        return map;
    }
}

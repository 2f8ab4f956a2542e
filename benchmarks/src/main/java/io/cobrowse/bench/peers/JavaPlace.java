package io.cobrowse.bench.peers;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Peer.Place} as the arguments of a process, with the sticky rules for proxies that have none of their own.
 */
record JavaPlace(int port, Front front, int connections, String keyStore, List<Integer> nodePorts) {
    static List<String> arguments(Peer.Place place) {
        List<String> arguments = new ArrayList<>(List.of(
                Integer.toString(place.port()),
                place.front().name(),
                Integer.toString(place.connections()),
                place.identity().keyStore().toString()));
        place.nodePorts().forEach(port -> arguments.add(port.toString()));
        return arguments;
    }

    static JavaPlace of(String[] arguments) {
        return new JavaPlace(
                Integer.parseInt(arguments[0]),
                Front.valueOf(arguments[1]),
                Integer.parseInt(arguments[2]),
                arguments[3],
                List.of(arguments).subList(4, arguments.length).stream()
                        .map(Integer::valueOf)
                        .toList());
    }

    /** Returns the URL of the node that the parameter names, or else the cookie, or else of the first node. */
    String node(@Nullable String parameter, @Nullable String cookie) {
        int node = 0;
        for (int i = 0; i < nodePorts.size(); i++) {
            String id = Integer.toString(i + 1);
            if (parameter != null ? parameter.equals(id) : ("node-" + id).equals(cookie)) {
                node = i;
            }
        }
        return "http://127.0.0.1:" + nodePorts.get(node);
    }
}

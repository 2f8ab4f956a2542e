package io.cobrowse.load.journey;

import java.util.BitSet;
import java.util.EnumMap;
import java.util.Map;

/**
 * The messages of a pair in one direction, numbered from 0. Thread-safe.
 *
 * <p>Order is checked for each connection separately. Over long-polling, messages arrive both in answers to polls and
 * in answers to the receiver's own messages, and CometD keeps no order between the two.
 */
final class Flow {
    /** The result of checking a message. */
    enum Arrival {
        IN_ORDER,
        /** It arrived after a later one, or a second time. */
        REORDERED
    }

    private int sent;
    private final BitSet seen = new BitSet();
    private final Map<Connection, Integer> last = new EnumMap<>(Connection.class);

    /** Returns the number of the next message. */
    synchronized int next() {
        return sent++;
    }

    synchronized int sent() {
        return sent;
    }

    synchronized Arrival arrive(int number, Connection connection) {
        boolean ordered = !seen.get(number) && number > last.getOrDefault(connection, -1) && number < sent;
        seen.set(number);
        last.merge(connection, number, Math::max);
        return ordered ? Arrival.IN_ORDER : Arrival.REORDERED;
    }

    /** Returns how many messages were sent and have not arrived. */
    synchronized int missing() {
        return sent - seen.cardinality();
    }
}

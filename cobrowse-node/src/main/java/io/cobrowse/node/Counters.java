package io.cobrowse.node;

import java.util.concurrent.atomic.LongAdder;

/** The counters behind {@link NodeStats}. Thread-safe. */
final class Counters {
    final LongAdder requests = new LongAdder();
    final LongAdder foreign = new LongAdder();
    final LongAdder unknownClients = new LongAdder();
    final LongAdder relayed = new LongAdder();
}

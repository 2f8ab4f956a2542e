package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfIdle;
import io.cobrowse.measuring.JavaProcess;
import io.cobrowse.measuring.ServerProcess;
import io.cobrowse.measuring.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What connections that wait cost in memory. Each round takes a new process, since no process gives all its memory back; it
 * is warmed up by a few that are closed again.
 */
final class IdleWorkload {
    private static final int WARM_UP_CONNECTIONS = 100;
    private static final int MAX_SETTLE_SECONDS = 10;
    private static final double SETTLED = 1.005;

    private final List<Double> each = new ArrayList<>();
    private final List<Double> before = new ArrayList<>();
    private final List<Double> with = new ArrayList<>();
    private final List<Double> heapEach = new ArrayList<>();

    /** Makes the connections do something, before they are left idle or afterwards, and waits until it is done. */
    interface Step {
        void run(LoadClient client) throws IOException;
    }

    private record Memory(long resident, long heap) {}

    /** Measures one round; returns resident bytes for each connection. */
    double round(ServerProcess server, boolean java, int connections, LoadClient.Opener opener, Step begin, Step end)
            throws IOException, InterruptedException {
        JavaProcess memory = java ? new JavaProcess(server.pid()) : null;
        try (LoadClient warmUp = new LoadClient(WARM_UP_CONNECTIONS, opener)) {
            begin.run(warmUp);
            Thread.sleep(500);
            end.run(warmUp);
        }
        Memory empty = settle(server, memory);
        try (LoadClient client = new LoadClient(connections, opener)) {
            begin.run(client);
            Memory full = settle(server, memory);
            end.run(client);
            double bytes = (double) (full.resident - empty.resident) / connections;
            each.add(bytes);
            before.add((double) empty.resident);
            with.add((double) full.resident);
            if (java) {
                heapEach.add((double) (full.heap - empty.heap) / connections);
            }
            return bytes;
        }
    }

    private static Memory settle(ServerProcess server, @Nullable JavaProcess memory)
            throws IOException, InterruptedException {
        long resident = server.figures().residentBytes();
        for (int second = 0; second < MAX_SETTLE_SECONDS; second++) {
            Thread.sleep(1000);
            if (memory != null) {
                memory.collect();
            }
            long now = server.figures().residentBytes();
            boolean settled = now <= resident * SETTLED && resident <= now * SETTLED;
            resident = now;
            if (settled) {
                break;
            }
        }
        return new Memory(resident, memory == null ? 0 : memory.liveBytes());
    }

    boolean measured() {
        return !each.isEmpty();
    }

    OfIdle figures() {
        return new OfIdle(
                Spread.of(each), Spread.of(before), Spread.of(with), heapEach.isEmpty() ? null : Spread.of(heapEach));
    }
}

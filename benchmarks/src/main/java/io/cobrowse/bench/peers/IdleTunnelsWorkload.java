package io.cobrowse.bench.peers;

import io.cobrowse.bench.peers.Figures.OfIdleTunnels;
import io.cobrowse.bench.report.Spread;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What open tunnels cost in memory. Each round takes a new process, since no process gives all its memory back; it is warmed
 * up by a few tunnels that are closed again. One message has gone round each tunnel before it is left alone.
 */
final class IdleTunnelsWorkload {
    private static final int WARM_UP_TUNNELS = 100;
    private static final int MAX_SETTLE_SECONDS = 10;
    private static final double SETTLED = 1.005;

    private final List<Double> perTunnel = new ArrayList<>();
    private final List<Double> before = new ArrayList<>();
    private final List<Double> with = new ArrayList<>();
    private final List<Double> heapPerTunnel = new ArrayList<>();

    /** Measures one round; returns resident bytes per tunnel. */
    double round(ServerProcess server, boolean java, int tunnels) throws IOException, InterruptedException {
        JavaMemory memory = java ? new JavaMemory(server.pid()) : null;
        try (TunnelClient warmUp = new TunnelClient(server.address(), WARM_UP_TUNNELS)) {
            warmUp.runOnce();
        }
        Memory empty = settle(server, memory);
        try (TunnelClient client = new TunnelClient(server.address(), tunnels)) {
            client.runOnce();
            Memory full = settle(server, memory);
            double bytes = (double) (full.resident - empty.resident) / tunnels;
            perTunnel.add(bytes);
            before.add((double) empty.resident);
            with.add((double) full.resident);
            if (java) {
                heapPerTunnel.add((double) (full.heap - empty.heap) / tunnels);
            }
            return bytes;
        }
    }

    private record Memory(long resident, long heap) {}

    private static Memory settle(ServerProcess server, @Nullable JavaMemory memory)
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

    OfIdleTunnels figures() {
        return new OfIdleTunnels(
                Spread.of(perTunnel),
                Spread.of(before),
                Spread.of(with),
                heapPerTunnel.isEmpty() ? null : Spread.of(heapPerTunnel));
    }
}

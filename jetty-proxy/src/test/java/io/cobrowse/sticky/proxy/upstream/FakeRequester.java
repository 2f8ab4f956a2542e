package io.cobrowse.sticky.proxy.upstream;

import io.cobrowse.sticky.proxy.io.Loop;
import io.cobrowse.sticky.routing.Node;
import java.net.URI;
import java.util.List;
import java.util.concurrent.Executor;

/** Requests places at a node, and ignores all notifications. */
class FakeRequester implements Requester {
    private static final Node NODE = new Node("1", List.of("node-1"), URI.create("http://127.0.0.1:1"), 1, false);

    private final Loop loop;

    /** Creates a requester whose loop runs its tasks on {@code executor}. */
    FakeRequester(Executor executor) {
        loop = new Loop() {
            @Override
            public boolean isCurrent() {
                return true;
            }

            @Override
            public void execute(Runnable task) {
                executor.execute(task);
            }
        };
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public Node node() {
        return NODE;
    }

    @Override
    public void admitted() {}

    @Override
    public void turnedAway() {}

    @Override
    public void connected(UpstreamConnection connection) {}

    @Override
    public void connectFailed(Throwable cause) {}

    @Override
    public void readable() {}

    @Override
    public void lost(Throwable cause) {}

    @Override
    public void tick(long nowNanos) {}

    @Override
    public boolean isWaiting() {
        return false;
    }

    @Override
    public boolean isParked() {
        return false;
    }

    @Override
    public void evict() {}
}

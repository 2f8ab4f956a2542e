package io.cobrowse.node;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Delays requests, or holds them until the faults change. Thread-safe. */
final class FaultHandler extends Handler.Wrapper {
    private final List<Runnable> held = new ArrayList<>();
    private volatile Faults faults = Faults.NONE;

    FaultHandler(Handler next) {
        super(next);
    }

    Faults faults() {
        return faults;
    }

    int heldRequests() {
        synchronized (held) {
            return held.size();
        }
    }

    /** Sets the faults. Requests that were held continue if the node no longer hangs. */
    void inject(Faults wanted) {
        List<Runnable> released;
        synchronized (held) {
            faults = wanted;
            if (wanted.hang()) {
                return;
            }
            released = List.copyOf(held);
            held.clear();
        }
        released.forEach(getServer().getThreadPool()::execute);
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        Faults current = faults;
        boolean sound = current.latencyMillis() == 0 && !current.hang();
        if (sound || NodeHandler.internal(request.getHttpURI().getCanonicalPath())) {
            return super.handle(request, response, callback);
        }
        Runnable later = () -> handleLater(request, response, callback);
        if (!hold(later)) {
            Runnable dispatch = () -> getServer().getThreadPool().execute(later);
            request.getComponents().getScheduler().schedule(dispatch, current.latencyMillis(), TimeUnit.MILLISECONDS);
        }
        return true;
    }

    private boolean hold(Runnable request) {
        synchronized (held) {
            return faults.hang() && held.add(request);
        }
    }

    private void handleLater(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Exception failure) {
            Response.writeError(request, response, callback, failure);
        }
    }
}

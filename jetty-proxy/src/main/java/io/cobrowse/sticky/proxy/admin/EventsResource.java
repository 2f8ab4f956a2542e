package io.cobrowse.sticky.proxy.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code GET /api/events}: server-sent events, with one {@code snapshot} a second and one event for each change.
 * A reader that needs more than a second for an event misses some. The number of readers is bounded. Thread-safe.
 */
final class EventsResource implements Request.Handler {
    private static final Logger LOG = LoggerFactory.getLogger(EventsResource.class);
    private static final int MAX_READERS = 64;

    private final Snapshots snapshots;
    private final Set<Reader> readers = ConcurrentHashMap.newKeySet();

    EventsResource(Snapshots snapshots) {
        this.snapshots = snapshots;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!Request.getPathInContext(request).equals("/api/events")) {
            return false;
        }
        if (!HttpMethod.GET.is(request.getMethod())) {
            response.getHeaders().put(HttpHeader.ALLOW, "GET");
            AdminHandler.problem(405, "method-not-allowed", "Allowed is GET.", response, callback);
        } else if (readers.size() >= MAX_READERS) {
            AdminHandler.problem(
                    503,
                    "too-many-readers",
                    "There are " + MAX_READERS + " readers of events already.",
                    response,
                    callback);
        } else {
            response.setStatus(200);
            response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/event-stream;charset=utf-8");
            response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
            Reader reader = new Reader(response, callback);
            reader.send(": once a second\n\n".getBytes(StandardCharsets.UTF_8));
            readers.add(reader);
        }
        return true;
    }

    /**
     * Runs once a second. Changes are recorded even without readers; a snapshot is taken only for readers, because of
     * its cost.
     */
    void tick() {
        List<Snapshots.Event> changes = snapshots.findChanges();
        if (readers.isEmpty()) {
            return;
        }
        try {
            StringBuilder text = new StringBuilder();
            for (Snapshots.Event change : changes) {
                append(text, change.kind(), change);
            }
            append(text, "snapshot", snapshots.take());
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            readers.forEach(reader -> reader.send(bytes));
        } catch (JsonProcessingException bug) {
            LOG.error("A snapshot cannot be written", bug);
        }
    }

    private static void append(StringBuilder text, String event, Object data) throws JsonProcessingException {
        text.append("event: ").append(event).append("\ndata: ");
        text.append(Json.MAPPER.writeValueAsString(data)).append("\n\n");
    }

    private final class Reader implements Callback {
        private final Response response;
        private final Callback callback;
        private final AtomicBoolean writing = new AtomicBoolean();

        private Reader(Response response, Callback callback) {
            this.response = response;
            this.callback = callback;
        }

        private void send(byte[] bytes) {
            if (writing.compareAndSet(false, true)) {
                response.write(false, ByteBuffer.wrap(bytes), this);
            }
        }

        @Override
        public void succeeded() {
            writing.set(false);
        }

        @Override
        public void failed(Throwable cause) {
            if (readers.remove(this)) {
                callback.failed(cause);
            }
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}

package io.cobrowse.sticky.proxy.listener;

import io.cobrowse.sticky.proxy.io.EventLoop;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.DataFrame;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.http2.generator.Generator;
import org.eclipse.jetty.http2.parser.ServerParser;
import org.eclipse.jetty.http2.server.internal.HTTP2ServerSession;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/**
 * The streams of one client over HTTP/2. Their bodies take a bounded amount of memory: flow-control windows bound the
 * bytes, and small pieces are joined. All clients together, including the heads of their requests, are bounded
 * because the proxy stops reading from those that hold much. Belongs to its loop.
 */
final class Http2Session extends HTTP2ServerSession {
    /** What a stream may send that its node has not taken; as much as peers allow. */
    static final int STREAM_WINDOW_BYTES = 64 * 1024;
    /** What each connection may hold that is being dealt with, however much all hold together: clients that ask for little go on. */
    private static final int OWN_BYTES = 16 * 1024;
    /** What all streams of a connection may, so that one that stalls does not stop the others. */
    static final int SESSION_WINDOW_BYTES = 256 * 1024;

    private static final long BODY_GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final EventLoop loop;
    private final UnreadBytes inAll = UnreadBytes.IN_ALL;
    private final Map<Integer, Inbox> inboxes = new HashMap<>();
    private final Map<Integer, Integer> headBytes = new HashMap<>();
    private Runnable onRoom = () -> {};
    private long heldBytes;
    private boolean over;

    Http2Session(
            EventLoop loop,
            Scheduler scheduler,
            EndPoint endPoint,
            ServerParser parser,
            Generator generator,
            ServerSessionListener listener,
            FlowControlStrategy flowControl) {
        super(scheduler, endPoint, parser, generator, listener, flowControl);
        this.loop = loop;
    }

    /** Has {@code action} run whenever more may be read from the client again. */
    void onRoom(Runnable action) {
        onRoom = action;
    }

    /** Returns whether the client may send more, rather than wait until what it has sent is read and its requests are answered. */
    boolean hasRoom() {
        return heldBytes <= OWN_BYTES || !inAll.isFull();
    }

    @Override
    public void onHeaders(HeadersFrame frame) {
        flush(frame.getStreamId()); // Trailers come behind the body.
        if (frame.getMetaData() instanceof MetaData.Request request) {
            if (hasDoubtfulLength(request)) {
                super.onHeaders(new HeadersFrame(
                        frame.getStreamId(),
                        MetaData.Failed.newFailedMetaDataRequest(
                                HttpVersion.HTTP_2, new IllegalArgumentException("Content-Length is not a number")),
                        frame.getPriority(),
                        frame.isEndStream()));
                return;
            }
            holdHead(frame.getStreamId(), request);
            if (!frame.isEndStream() && !(request instanceof MetaData.ConnectRequest)) {
                inboxes.put(frame.getStreamId(), new Inbox(frame.getStreamId(), true, System.nanoTime()));
            }
        }
        super.onHeaders(frame);
        if (getStream(frame.getStreamId()) == null) {
            releaseHead(frame.getStreamId()); // Refused, or answered already.
        }
    }

    /** The fields stay until the request is answered, which a node may put off for as long as it likes. */
    private void holdHead(int stream, MetaData.Request request) {
        int bytes = 0;
        for (HttpField field : request.getHttpFields()) {
            String value = field.getValue();
            bytes += field.getName().length() + (value == null ? 0 : value.length());
        }
        HttpURI uri = request.getHttpURI();
        String target = uri == null ? null : uri.getPathQuery(); // CONNECT may have none.
        bytes += target == null ? 0 : target.length();
        if (headBytes.putIfAbsent(stream, bytes) == null) {
            count(bytes);
        }
    }

    private void releaseHead(int stream) {
        Integer bytes = headBytes.remove(stream);
        if (bytes != null) {
            count(-bytes);
            readOn();
        }
    }

    private void readOn() {
        if (hasRoom()) {
            onRoom.run();
        }
    }

    /** Jetty would take a length that it cannot read for an error of the connection, and end the other streams with this one. */
    private static boolean hasDoubtfulLength(MetaData.Request request) {
        for (HttpField field : request.getHttpFields()) {
            if (field.getHeader() == HttpHeader.CONTENT_LENGTH && !RequestCheck.isLength(field.getValue())) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void onReset(ResetFrame frame) {
        flush(frame.getStreamId());
        super.onReset(frame);
    }

    @Override
    public void onData(Stream.Data data) {
        DataFrame frame = data.frame();
        int id = frame.getStreamId();
        if (getStream(id) == null) {
            flush(id);
            super.onData(data);
            return;
        }
        Inbox inbox = inboxes.get(id);
        if (inbox == null) { // Of a tunnel.
            inbox = new Inbox(id, false, System.nanoTime());
            inboxes.put(id, inbox);
        }
        inbox.came(frame.remaining());
        count(frame.remaining());
        if (!inbox.join(frame)) {
            flush(id);
            give(inbox, frame, data);
        }
    }

    /** Gives the reader what waits for it. */
    private void flush(int id) {
        Inbox inbox = inboxes.get(id);
        if (inbox != null && inbox.hasJoined()) {
            give(inbox, inbox.takeJoined(), null);
        }
    }

    private void give(Inbox inbox, DataFrame frame, Stream.@Nullable Data source) {
        int length = frame.remaining();
        inbox.given();
        UnreadData data = new UnreadData(frame, source, () -> loop.run(() -> read(inbox, frame.getStreamId(), length)));
        data.retain(); // For the time in which Jetty decides whether to keep it.
        super.onData(data);
        data.release();
    }

    private void read(Inbox inbox, int id, int length) {
        count(-length);
        if (inbox.read()) {
            // Later, since the reader may be in the middle of reading.
            loop.execute(() -> flush(id));
        }
        readOn();
    }

    private void count(int bytes) {
        if (!over) {
            heldBytes += bytes;
            inAll.add(bytes);
        }
    }

    @Override
    public boolean removeStream(Stream stream) {
        boolean removed = super.removeStream(stream);
        if (removed) {
            loop.run(() -> {
                flush(stream.getId());
                inboxes.remove(stream.getId());
                releaseHead(stream.getId());
            });
        }
        return removed;
    }

    /** Returns the streams whose clients send their bodies at less than {@code rate} bytes a second. */
    List<Stream> slowBodies(int rate, long nowNanos) {
        return getStreams().stream()
                .filter(stream -> {
                    Inbox inbox = inboxes.get(stream.getId());
                    return inbox != null
                            && !stream.isRemotelyClosed()
                            && inbox.isSlow(rate, BODY_GRACE_NANOS, nowNanos);
                })
                .toList();
    }

    /** The connection is no more, and what it had unread is of no account. */
    void over() {
        if (!over) {
            inAll.add(-heldBytes);
            over = true;
        }
    }
}

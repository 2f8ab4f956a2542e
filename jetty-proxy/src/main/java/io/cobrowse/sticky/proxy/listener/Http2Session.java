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
    /** The bytes that a stream may send before its node takes them; as many as with other proxies. */
    static final int STREAM_WINDOW_BYTES = 64 * 1024;
    /**
     * The bytes that each connection may hold in any case, however much all connections hold together, so that clients
     * that send little can continue.
     */
    private static final int OWN_BYTES = 16 * 1024;
    /**
     * The bytes that all streams of a connection may send before they are taken, so that one that stalls does not stop
     * the others.
     */
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

    /** Sets an action that runs whenever reading from the client may continue. */
    void onRoom(Runnable action) {
        onRoom = action;
    }

    /**
     * Returns whether the client may send more. Otherwise it must wait until its data is read and its requests are
     * answered.
     */
    boolean hasRoom() {
        return heldBytes <= OWN_BYTES || !inAll.isFull();
    }

    @Override
    public void onHeaders(HeadersFrame frame) {
        flush(frame.getStreamId()); // Trailers come after the body.
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
            releaseHead(frame.getStreamId()); // Refused, or already answered.
        }
    }

    /**
     * Counts the fields of a request, which are kept until it is answered; a node may delay that for as long as it
     * likes.
     */
    private void holdHead(int stream, MetaData.Request request) {
        int bytes = 0;
        for (HttpField field : request.getHttpFields()) {
            String value = field.getValue();
            bytes += field.getName().length() + (value == null ? 0 : value.length());
        }
        HttpURI uri = request.getHttpURI();
        String target = uri == null ? null : uri.getPathQuery(); // CONNECT may have no path.
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

    /**
     * Returns whether a Content-Length is invalid. Jetty would treat that as an error of the connection, and end its
     * other streams too.
     */
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
        if (inbox == null) { // A tunnel's.
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

    /** Passes the joined pieces on to the reader. */
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
        data.retain(); // Until Jetty has decided whether to keep it.
        super.onData(data);
        data.release();
    }

    private void read(Inbox inbox, int id, int length) {
        count(-length);
        if (inbox.read()) {
            // Later, since the reader may be in the middle of a read.
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

    /** Notes that the connection has ended; its unread bytes no longer count. */
    void over() {
        if (!over) {
            inAll.add(-heldBytes);
            over = true;
        }
    }
}

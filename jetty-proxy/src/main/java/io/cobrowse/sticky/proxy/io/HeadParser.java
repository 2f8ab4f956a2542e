package io.cobrowse.sticky.proxy.io;

import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * Jetty's parser, but it does not parse the lines of header fields again that it has parsed before. It gets only the
 * lines of a head that are not {@linkplain KnownFields known}, one by one, and the end. Belongs to the loop of its
 * connection.
 */
public final class HeadParser extends HttpParser {
    private final HttpHandler handler;
    private final Loop loop;
    private final KnownFields known;
    private final int maxHeadBytes;
    /** Whether every line so far was complete when it was parsed. */
    private boolean byLines = true;

    /** Whether Jetty was made to forget a line that it had begun, and still has its first letter. */
    private boolean forgot;

    private int knownBytes;
    /** The buffer with a line that Jetty has parsed, but reports only when it sees the next byte. */
    private @Nullable ByteBuffer heldIn;

    private int heldFrom;
    private int heldEnd;
    private long heldHash;

    /** Makes a parser of requests that notifies {@code handler}, which has to call {@link #told}. */
    public HeadParser(
            RequestHandler handler, int maxHeadBytes, HttpCompliance compliance, Loop loop, KnownFields known) {
        super(handler, maxHeadBytes, compliance);
        this.handler = handler;
        this.loop = loop;
        this.known = known;
        this.maxHeadBytes = maxHeadBytes;
    }

    /** Makes a parser of answers that notifies {@code handler}, which has to call {@link #told}. */
    public HeadParser(
            ResponseHandler handler, int maxHeadBytes, HttpCompliance compliance, Loop loop, KnownFields known) {
        super(handler, maxHeadBytes, compliance);
        this.handler = handler;
        this.loop = loop;
        this.known = known;
        this.maxHeadBytes = maxHeadBytes;
    }

    @Override
    public void reset() {
        super.reset();
        byLines = true;
        forgot = false;
        knownBytes = 0;
        heldIn = null;
    }

    @Override
    protected boolean parseFields(ByteBuffer buffer) {
        if (byLines && isState(State.HEADER) && loop.isCurrent()) {
            while (parseLine(buffer)) {
                if (!isState(State.HEADER)) {
                    return false;
                }
            }
            byLines = false;
        }
        boolean handle = parse(buffer, buffer.limit());
        heldIn = null;
        return handle;
    }

    /**
     * Parses a line. Returns false if Jetty has to take over: for the last line, for an incomplete line, and as long as
     * the next line may be a continuation.
     */
    private boolean parseLine(ByteBuffer buffer) {
        int from = buffer.position();
        int end = known.endOfLine(buffer, from);
        int next = end + 2;
        if (end <= from || next >= buffer.limit() || continuesALine(buffer.get(next))) {
            return false;
        }
        HttpField field = known.find(buffer, from, end);
        if (field == null) {
            long hash = known.hash();
            parse(buffer, next);
            heldIn = buffer;
            heldFrom = from;
            heldEnd = end;
            heldHash = hash;
        } else {
            if (heldIn != null) {
                tellHeld(buffer, from);
            }
            if (next - from > allowance()) {
                throw tooLarge();
            }
            knownBytes += next - from;
            handler.parsedHeader(field);
            buffer.position(next);
        }
        return true;
    }

    /**
     * Returns whether Jetty's parser would treat a line as a continuation; whether that is allowed depends on its
     * compliance.
     */
    private static boolean continuesALine(byte first) {
        return first == ' ' || first == '\t' || first == ':';
    }

    /** Shows Jetty the first byte of the next line, and makes it forget that byte. */
    private void tellHeld(ByteBuffer buffer, int next) {
        parse(buffer, next + 1);
        buffer.position(next);
        setState(FieldState.FIELD);
        forgot = true;
        knownBytes--; // Jetty has counted that byte.
    }

    /**
     * Makes Jetty parse up to {@code to}, but no more than a head may still have, since Jetty counts only what it has
     * parsed itself.
     */
    private boolean parse(ByteBuffer buffer, int to) {
        int limit = buffer.limit();
        int end = knownBytes == 0 ? to : Math.min(to, buffer.position() + allowance());
        boolean handle = false;
        try {
            int begin = forgot ? beginOfForgotten(buffer, end) : 0;
            if (begin > 0) {
                buffer.limit(begin);
                handle = super.parseFields(buffer);
            }
            buffer.limit(end);
            if (!handle) {
                handle = super.parseFields(buffer);
            }
        } finally {
            buffer.limit(limit);
        }
        if (end < to && buffer.position() == end && (isState(State.HEADER) || isState(State.TRAILER))) {
            throw tooLarge();
        }
        return handle;
    }

    /**
     * Returns where to split a line of which Jetty still has the first letter, after it was made to forget that line.
     * If Jetty finds a whole line among its own known lines, it would use that letter as the value. If the last
     * character of the line is not visible, Jetty parses the line from its name on.
     *
     * @return the end of the first part; 0 if the line need not be split
     */
    private int beginOfForgotten(ByteBuffer buffer, int end) {
        int from = buffer.position();
        forgot = from == end;
        int at = from;
        while (at < end && buffer.get(at) != '\r') {
            at++;
        }
        return at < end && at - 1 > from ? at - 1 : 0;
    }

    private int allowance() {
        return maxHeadBytes - knownBytes - getHeaderLength();
    }

    private static HttpException.RuntimeException tooLarge() {
        return new HttpException.RuntimeException(HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE_431);
    }

    /**
     * Must be called with each field that the handler gets.
     *
     * @return the field to use instead: the earlier field for a host that was seen recently
     */
    public HttpField told(HttpField field) {
        ByteBuffer line = heldIn;
        if (line != null) {
            heldIn = null;
            known.keep(line, heldFrom, heldEnd, heldHash, field);
        }
        return field instanceof HostPortHttpField host && loop.isCurrent() ? known.host(host) : field;
    }
}

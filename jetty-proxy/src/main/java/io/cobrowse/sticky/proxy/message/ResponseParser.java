package io.cobrowse.sticky.proxy.message;

import io.cobrowse.sticky.proxy.io.HeadParser;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.Loop;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpParser;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Parses the answers on one connection, one after the other. One piece of content is held back until the parser has
 * seen what follows, so that a complete response can be sent in a single write with its head. Not thread-safe.
 */
public final class ResponseParser implements HttpParser.ResponseHandler {
    private final HeadParser parser;
    private final ResponseHead head = new ResponseHead();
    private @Nullable ByteBuffer held;
    private @Nullable ByteBuffer next;
    private @Nullable Throwable failure;
    private boolean headParsed;
    private boolean complete;

    /**
     * Makes a parser of the answers on one connection.
     *
     * @param loop the connection's loop
     * @param known the fields that the answers on all of the loop's connections have in common
     */
    public ResponseParser(int maxHeadBytes, Loop loop, KnownFields known) {
        parser = new HeadParser(this, maxHeadBytes, HttpCompliance.RFC9110, loop, known);
        parser.setHeaderCacheCaseSensitive(true);
        parser.setHeaderCacheSize(0);
    }

    /** Parses until there is something to act on; returns true if more bytes are needed. */
    public boolean advance(ByteBuffer buffer) {
        while (next == null && !complete && failure == null) {
            if (!parser.parseNext(buffer)) {
                return true;
            }
        }
        return false;
    }

    /** Notes that the node has closed the connection after what was parsed so far. */
    public void atEnd() {
        parser.atEOF();
    }

    /** Prepares for another message: the answer to this request, or the one that follows an interim answer. */
    public void reset(boolean answersHead) {
        head.clear();
        headParsed = false;
        complete = false;
        parser.reset();
        parser.setHeadResponse(answersHead);
    }

    /** Sets whether the answer is to a HEAD request, and so has no body. */
    public void answersHead(boolean answersHead) {
        parser.setHeadResponse(answersHead);
    }

    public ResponseHead head() {
        return head;
    }

    /** Returns whether the head of the final answer is parsed. */
    public boolean headParsed() {
        return headParsed;
    }

    /** Returns whether an interim answer is parsed completely. */
    public boolean interimParsed() {
        return complete && head.interim();
    }

    /** Returns whether the message is parsed completely. */
    public boolean complete() {
        return complete;
    }

    /** Returns whether the content held back is the last. */
    public boolean last() {
        return complete && next == null;
    }

    /** Returns the content to write next; null if there is none. */
    @Nullable
    public ByteBuffer held() {
        return held;
    }

    /** Notes that the content held back is written. */
    public void written() {
        held = next;
        next = null;
    }

    /** Discards all content, since its buffer is released. */
    public void forget() {
        held = null;
        next = null;
    }

    /** Returns why the answer is invalid; null while it is valid. */
    @Nullable
    public Throwable failure() {
        return failure;
    }

    /** Returns whether another answer may follow on the connection. */
    public boolean persistent() {
        return head.persistent() && !parser.isClose() && !parser.isClosed();
    }

    // The parser's events.

    @Override
    public void startResponse(HttpVersion version, int status, String reason) {
        if (status < 100) {
            failure = new IOException("The node's answer has the status " + status);
        }
        head.start(version, status);
    }

    @Override
    public void parsedHeader(HttpField field) {
        parser.told(field);
        head.add(field);
    }

    @Override
    public boolean headerComplete() {
        if (head.losesCoding()) {
            failure = new IOException("The node's answer has a transfer coding other than chunked");
        }
        headParsed = !head.interim();
        return true;
    }

    @Override
    public boolean content(ByteBuffer content) {
        if (held == null) {
            held = content;
        } else {
            next = content;
        }
        return true;
    }

    @Override
    public boolean contentComplete() {
        return false;
    }

    @Override
    public void parsedTrailer(HttpField field) {
        head.addTrailer(field);
    }

    @Override
    public boolean messageComplete() {
        complete = failure == null; // The parser continues, since it does not know this failure.
        return true;
    }

    @Override
    public void earlyEOF() {
        failure = new EOFException("The node closed the connection");
    }

    @Override
    public void badMessage(HttpException cause) {
        failure = new IOException("The node's answer is not HTTP: " + cause.getReason());
    }
}

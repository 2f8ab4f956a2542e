package io.cobrowse.sticky.proxy.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.cobrowse.sticky.proxy.io.KnownFields;
import io.cobrowse.sticky.proxy.io.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** An answer is parsed to the same result in one piece and byte by byte, and parsing ends, whatever the bytes. */
class ResponseParserFuzzTest {
    private static final KnownFields KNOWN = new KnownFields();

    private static final Loop LOOP = new Loop() {
        @Override
        public boolean isCurrent() {
            return true;
        }

        @Override
        public void execute(Runnable task) {
            task.run();
        }
    };

    private record Reading(boolean complete, boolean failed, int status, String body) {}

    @FuzzTest(maxDuration = "2m")
    void shouldReadPiecesAsTheWhole(byte[] bytes) {
        Reading whole = read(bytes, Math.max(1, bytes.length), new KnownFields());
        assertThat(read(bytes, Math.max(1, bytes.length), KNOWN))
                .as("with fields known from before")
                .isEqualTo(whole);
        Reading pieces = read(bytes, 1, KNOWN);
        assertThat(pieces.failed()).isEqualTo(whole.failed());
        assertThat(pieces.complete()).isEqualTo(whole.complete());
        if (!whole.failed()) {
            assertThat(pieces).isEqualTo(whole);
        }
    }

    private static Reading read(byte[] bytes, int piece, KnownFields known) {
        ResponseParser parser = new ResponseParser(8192, LOOP, known);
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int from = 0; from < bytes.length && !over(parser); from += piece) {
            // An array of its own: what is held must not be overwritten, but is written here at once.
            ByteBuffer buffer = ByteBuffer.wrap(bytes, from, Math.min(piece, bytes.length - from));
            while (!over(parser) && !parser.advance(buffer)) {
                take(parser, body);
            }
            take(parser, body);
        }
        if (!over(parser)) {
            parser.atEnd();
            while (!over(parser) && !parser.advance(ByteBuffer.allocate(0))) {
                take(parser, body);
            }
        }
        take(parser, body);
        return new Reading(
                parser.complete(),
                parser.failure() != null,
                parser.head().status(),
                body.toString(StandardCharsets.ISO_8859_1));
    }

    private static boolean over(ResponseParser parser) {
        return parser.failure() != null || parser.complete();
    }

    private static void take(ResponseParser parser, ByteArrayOutputStream body) {
        for (ByteBuffer held = parser.held(); held != null; held = parser.held()) {
            byte[] content = new byte[held.remaining()];
            held.get(content);
            body.writeBytes(content);
            parser.written();
        }
    }

    @Test
    void shouldTellPiecesApart() {
        assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII), 1, KNOWN))
                .isEqualTo(new Reading(true, false, 200, "ok"));
    }
}

package io.cobrowse.sticky.proxy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A case of a public suite, from the files in {@code suites}.
 *
 * @param due the outcome that the RFC requires
 * @param bytes the request
 */
record PublicCase(String suite, String name, String source, String due, byte[] bytes) {
    private static final Pattern REPEATED = Pattern.compile("\\{([^*{}]+)\\*(\\d+)}");

    static List<PublicCase> http1() {
        return read("http1.txt", PublicCase::unescape);
    }

    static List<PublicCase> http2() {
        return read("http2.txt", PublicCase::frames);
    }

    private interface Decoding {
        byte[] decode(String text);
    }

    private static List<PublicCase> read(String file, Decoding decoding) {
        try (InputStream in = PublicCase.class.getResourceAsStream("/suites/" + file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| ", 5))
                    .map(part -> new PublicCase(part[0], part[1], part[2], part[3], decoding.decode(repeat(part[4]))))
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String repeat(String text) {
        return REPEATED.matcher(text)
                .replaceAll(match -> Matcher.quoteReplacement(match.group(1).repeat(Integer.parseInt(match.group(2)))));
    }

    private static byte[] unescape(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '\\') {
                bytes.write(c);
                continue;
            }
            i++;
            switch (text.charAt(i)) {
                case 'r' -> bytes.write('\r');
                case 'n' -> bytes.write('\n');
                case 't' -> bytes.write('\t');
                case '0' -> bytes.write(0);
                case 'x' -> {
                    bytes.write(Integer.parseInt(text.substring(i + 1, i + 3), 16));
                    i += 2;
                }
                default -> throw new IllegalArgumentException(text);
            }
        }
        return bytes.toByteArray();
    }

    private static byte[] frames(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String frame : text.split(" ")) {
            String[] part = frame.split(":", -1);
            byte[] payload = HexFormat.of().parseHex(part[3]);
            bytes.writeBytes(ByteBuffer.allocate(9 + payload.length)
                    .put((byte) (payload.length >> 16))
                    .putShort((short) payload.length)
                    .put(Byte.parseByte(part[0]))
                    .put((byte) Integer.parseInt(part[1]))
                    .putInt((int) Long.parseLong(part[2]))
                    .put(payload)
                    .array());
        }
        return bytes.toByteArray();
    }
}

package io.cobrowse.sticky.proxy.observe;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A log file with rotation: before it exceeds its maximum size it is renamed to {@code .1}, an earlier {@code .1} to
 * {@code .2}, and so on. Or standard output, which is never rotated. Opened on first write; not thread-safe.
 */
final class LogFile implements AutoCloseable {
    static final String STANDARD_OUTPUT = "-";

    private final @Nullable Path file;
    private final long maxBytes;
    private final int files;
    private @Nullable OutputStream out;
    private long size;

    /**
     * @param file a path, or {@link #STANDARD_OUTPUT}
     * @param files the number of files that are kept, including the current one; at least 1
     */
    LogFile(String file, long maxBytes, int files) {
        this.file = file.equals(STANDARD_OUTPUT) ? null : Path.of(file);
        this.maxBytes = maxBytes;
        this.files = files;
    }

    /** Writes whole lines; the buffer is empty then, even after a failure. */
    void write(LineBuffer lines) throws IOException {
        int more = lines.size();
        OutputStream to = out == null ? open() : out;
        if (file != null && size > 0 && size + more > maxBytes) {
            close();
            rotate(file);
            to = open();
        }
        size += more;
        lines.drainTo(to);
    }

    private OutputStream open() throws IOException {
        OutputStream opened;
        if (file == null) {
            opened = new FileOutputStream(FileDescriptor.out);
        } else {
            opened = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            size = Files.size(file);
        }
        out = opened;
        return opened;
    }

    private void rotate(Path current) throws IOException {
        for (int i = files - 1; i > 0; i--) {
            Path older = i == 1 ? current : numbered(current, i - 1);
            if (Files.exists(older)) {
                Files.move(older, numbered(current, i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (files == 1) {
            Files.deleteIfExists(current);
        }
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    /** Closes the file; writing opens it again. Standard output stays open. */
    @Override
    public void close() throws IOException {
        OutputStream opened = out;
        out = null;
        if (opened != null && file != null) {
            opened.close();
        }
    }
}

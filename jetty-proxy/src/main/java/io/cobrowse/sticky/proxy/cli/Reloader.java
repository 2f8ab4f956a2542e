package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reloads the configuration of a running proxy on request, and when the file or a file that it names, such as a renewed
 * certificate, has changed. The files are read once a second. A change counts once it has been unchanged for a second,
 * so that a half-written file is not read. A file with errors changes nothing. Thread-safe.
 */
final class Reloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final long LOOK_MILLIS = 1000;
    /** One byte above the reader's limit, so that the reader reports longer files as an error. */
    private static final int MAX_BYTES = (1 << 20) + 1;

    private final Path file;
    private final StickyProxyServer server;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "reload");
        daemon.setDaemon(true);
        return daemon;
    });
    // Used only by the thread: a digest of the contents of each file.
    private Map<Path, ByteBuffer> loaded;
    private Map<Path, ByteBuffer> seen;

    /** @param digest of the file as the server has read it */
    Reloader(Path file, ByteBuffer digest, StickyProxyServer server) {
        this.file = file;
        this.server = server;
        this.loaded = digests();
        loaded.put(file, digest);
        this.seen = loaded;
        // The task logs its own failures.
        Future<?> unused = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Reloads soon, whether or not the file has changed. Does nothing once closed. */
    void reload() {
        if (!thread.isShutdown()) {
            thread.execute(this::load);
        }
    }

    private void look() {
        Map<Path, ByteBuffer> now = digests();
        boolean settled = now.equals(seen);
        seen = now;
        if (settled && !now.equals(loaded)) {
            load();
        }
    }

    private void load() {
        Map<Path, ByteBuffer> before = digests();
        loaded = before;
        try {
            ConfigReader.Result result = ConfigOption.read(file);
            result.warnings().forEach(LOG::warn);
            List<String> later = server.reload(result.config());
            int nodes = result.config().nodes().size();
            LOG.info("Reloaded {}: {}", file, nodes == 0 ? "nodes are discovered" : nodes + " nodes");
            loaded = digests(); // The new configuration may name other files.
            loaded.replaceAll((each, now) -> before.getOrDefault(each, now)); // A file may have changed meanwhile.
            seen = loaded;
            later.forEach(section -> LOG.warn("{} changed: this takes effect at the next restart", section));
        } catch (ConfigException bad) {
            bad.errors().forEach(LOG::error);
            LOG.error("{} is not reloaded: the current configuration stays in force", file);
        } catch (IllegalArgumentException | UncheckedIOException unusable) {
            LOG.error("{} is not reloaded: {}", file, unusable.getMessage());
        } catch (RuntimeException bug) {
            LOG.error("Reloading failed: the current configuration stays in force", bug);
        }
    }

    /** Returns the files with digests of their contents. Unreadable files count as empty; the next reload reports them. */
    private Map<Path, ByteBuffer> digests() {
        Map<Path, ByteBuffer> digests = new HashMap<>();
        digests.put(file, digest(file));
        server.config().files().forEach(named -> digests.put(named, digest(named)));
        return digests;
    }

    static ByteBuffer digest(Path file) {
        try {
            return ByteBuffer.wrap(MessageDigest.getInstance("SHA-256").digest(content(file)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * Returns the contents of a regular file, and nothing for others: reading from a pipe would block until somebody
     * writes to it.
     */
    private static byte[] content(Path file) {
        if (!Files.isRegularFile(file)) {
            return new byte[0];
        }
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(MAX_BYTES);
        } catch (IOException unreadable) {
            LOG.debug("{} cannot be read", file, unreadable);
            return new byte[0];
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

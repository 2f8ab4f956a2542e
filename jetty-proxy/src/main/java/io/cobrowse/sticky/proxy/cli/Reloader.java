package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a running proxy take its configuration file anew when told to, and when the file has changed, or one that it names: a
 * renewed certificate. The files are read once a second; a change counts once it has stood for a second, so that a file that
 * is being written is not taken for a shorter one. A file with errors changes nothing. Thread-safe.
 */
final class Reloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final long LOOK_MILLIS = 1000;
    /** Above what the reader takes, so that a longer file is its error to report. */
    private static final int MAX_BYTES = (1 << 20) + 1;

    private final Path file;
    private final StickyProxyServer server;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "reload");
        daemon.setDaemon(true);
        return daemon;
    });
    // The thread's own: digests of all files.
    private byte[] loaded;
    private byte[] seen;

    Reloader(Path file, StickyProxyServer server) {
        this.file = file;
        this.server = server;
        this.loaded = digest();
        this.seen = loaded;
        // Whatever a look meets is logged there.
        Future<?> unused = thread.scheduleWithFixedDelay(this::look, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Reloads soon, whether the file has changed or not; does nothing once closed. */
    void reload() {
        if (!thread.isShutdown()) {
            thread.execute(this::load);
        }
    }

    private void look() {
        byte[] now = digest();
        boolean settled = Arrays.equals(now, seen);
        seen = now;
        if (settled && !Arrays.equals(now, loaded)) {
            load();
        }
    }

    private void load() {
        loaded = digest();
        try {
            ConfigReader.Result result = ConfigOption.read(file);
            result.warnings().forEach(LOG::warn);
            List<String> later = server.reload(result.config());
            int nodes = result.config().nodes().size();
            LOG.info("Reloaded {}: {}", file, nodes == 0 ? "nodes are found" : nodes + " nodes");
            loaded = digest(); // Other files may be named now.
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

    /** Returns a digest of what is in the files; nothing is in what cannot be read, which reading it in earnest will report. */
    private byte[] digest() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(content(file));
            for (Path named : server.config().files()) {
                digest.update(content(named));
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Reading from a pipe would wait for whoever writes to it. */
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

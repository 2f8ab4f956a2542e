package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.StickyProxyServer;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has a running proxy take its configuration file anew when told to, and when the file has changed. The file is read
 * once a second; a change counts once it has stood for a second, so that a file that is being written is not taken for a
 * shorter one. A file with errors changes nothing. Thread-safe.
 */
final class Reloader implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Reloader.class);
    private static final long LOOK_MILLIS = 1000;
    /** Above what the reader takes, so that a longer file is its error to report. */
    private static final int MAX_BYTES = (1 << 20) + 1;

    private final ConfigOption config;
    private final StickyProxyServer server;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread daemon = new Thread(task, "reload");
        daemon.setDaemon(true);
        return daemon;
    });
    // The thread's own.
    private byte[] loaded;
    private byte[] seen;

    Reloader(ConfigOption config, StickyProxyServer server) {
        this.config = config;
        this.server = server;
        this.loaded = content();
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
        byte[] now = content();
        boolean settled = Arrays.equals(now, seen);
        seen = now;
        if (settled && !Arrays.equals(now, loaded)) {
            load();
        }
    }

    private void load() {
        loaded = content();
        try {
            ConfigReader.Result result = config.read();
            result.warnings().forEach(LOG::warn);
            List<String> later = server.reload(result.config());
            LOG.info(
                    "Reloaded {}: {} nodes",
                    config.file(),
                    result.config().nodes().size());
            later.forEach(section ->
                    LOG.warn("{} changed: that needs a restart, until which the old setting holds", section));
        } catch (ConfigException bad) {
            bad.errors().forEach(LOG::error);
            LOG.error("{} is not reloaded: the proxy goes on as it is", config.file());
        } catch (RuntimeException bug) {
            LOG.error("Reloading failed: the proxy goes on as it is", bug);
        }
    }

    /** Returns what is in the file; nothing where it cannot be read, which reading it as a configuration will report. */
    private byte[] content() {
        try (InputStream in = Files.newInputStream(config.file())) {
            return in.readNBytes(MAX_BYTES);
        } catch (IOException unreadable) {
            LOG.debug("{} cannot be read", config.file(), unreadable);
            return new byte[0];
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}

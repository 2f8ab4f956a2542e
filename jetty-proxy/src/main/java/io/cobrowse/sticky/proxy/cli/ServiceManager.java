package io.cobrowse.sticky.proxy.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies systemd about the state of the proxy, if systemd asks for that ({@code Type=notify},
 * {@code NotifyAccess=all}). Uses the command {@code systemd-notify}, since Java has no datagrams over Unix sockets.
 * Does nothing elsewhere. Thread-safe.
 */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private ServiceManager() {}

    /** Notifies systemd that the proxy serves requests. */
    static void ready() {
        tell("--ready");
    }

    /** Notifies systemd that the proxy is stopping, which can take as long as {@code timeouts.drain}. */
    static void stopping() {
        tell("STOPPING=1");
    }

    private static void tell(String state) {
        if (System.getenv("NOTIFY_SOCKET") == null) {
            return;
        }
        String pid = "MAINPID=" + ProcessHandle.current().pid();
        try {
            int exit = new ProcessBuilder("systemd-notify", state, pid)
                    .redirectOutput(Redirect.DISCARD)
                    .redirectError(Redirect.DISCARD)
                    .start()
                    .waitFor();
            if (exit != 0) {
                LOG.warn("systemd-notify {} failed with {}", state, exit);
            }
        } catch (IOException absent) {
            LOG.warn("systemd waits for {}, but cannot be notified: {}", state, absent.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.cobrowse.sticky.proxy.cli;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells systemd how far the proxy is, where systemd wants to know ({@code Type=notify}, {@code NotifyAccess=all}): by its
 * command, since Java has no datagrams over Unix sockets. Does nothing elsewhere. Thread-safe.
 */
final class ServiceManager {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceManager.class);

    private ServiceManager() {}

    /** Says that the proxy serves. */
    static void ready() {
        tell("--ready");
    }

    /** Says that the proxy stops, which can take as long as {@code timeouts.drain}. */
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
            LOG.warn("systemd is waiting to be told {}, and cannot: {}", state, absent.getMessage());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

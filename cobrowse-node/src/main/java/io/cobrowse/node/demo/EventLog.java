package io.cobrowse.node.demo;

import io.cobrowse.node.SessionEvent;
import java.io.PrintWriter;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;
import picocli.CommandLine.Help.Ansi;

/** Writes one line per event, or only for the events of nodes. Thread-safe if its writer is. */
final class EventLog implements Consumer<SessionEvent> {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    private final PrintWriter out;
    private final Ansi ansi;
    private final boolean nodesOnly;

    EventLog(PrintWriter out, Ansi ansi, boolean nodesOnly) {
        this.out = out;
        this.ansi = ansi;
        this.nodesOnly = nodesOnly;
    }

    @Override
    public void accept(SessionEvent event) {
        if (!nodesOnly) {
            write(coloured(event));
        }
    }

    /** Writes a line about a change to a node. */
    void note(String node, String what) {
        write(node + "  " + what);
    }

    private void write(String line) {
        out.println(LocalTime.now(ZoneId.systemDefault()).format(TIME) + "  " + line);
        out.flush();
    }

    private String coloured(SessionEvent event) {
        if (!ansi.enabled()) {
            return event.toString();
        }
        int colour = switch (event.kind()) {
            case CREATED, CHAT_CREATED -> 32;
            case JOINED -> 36;
            case EXITED -> 33;
            case STOPPED, ENDED -> 31;
        };
        return "\u001b[" + colour + "m" + event + "\u001b[0m";
    }
}

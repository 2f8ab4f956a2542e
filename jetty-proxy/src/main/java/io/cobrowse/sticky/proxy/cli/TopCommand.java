package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Attributes;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.InfoCmp.Capability;
import org.jline.utils.NonBlockingReader;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;

@Command(
        name = "top",
        description = "Shows the nodes of a running proxy, live; keys change their states.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class TopCommand implements Callable<Integer> {
    private static final String HELP = "j k or arrows: choose   d: drain   m: maintenance   r: ready   q: quit";
    private static final Map<Integer, String> STATES =
            Map.of((int) 'd', "drain", (int) 'm', "maint", (int) 'r', "ready");
    private static final long LOOK_MILLIS = 1000;

    @Mixin
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private AdminOption admin;

    private int selected;
    private String footer = HELP;
    /** The change that happens if the next key is y. */
    private @Nullable Asked asked;

    private record Asked(String id, String state) {}

    @Override
    public Integer call() throws CommandFailedException, InterruptedException {
        AdminClient client = admin.client();
        try (Terminal terminal =
                TerminalBuilder.builder().system(true).dumb(true).build()) {
            Attributes before = terminal.enterRawMode();
            terminal.puts(Capability.enter_ca_mode);
            terminal.puts(Capability.cursor_invisible);
            try {
                show(client, terminal);
            } finally {
                terminal.puts(Capability.cursor_visible);
                terminal.puts(Capability.exit_ca_mode);
                terminal.setAttributes(before);
                terminal.flush();
            }
        } catch (IOException failure) {
            throw new CommandFailedException("the terminal cannot be used: " + failure.getMessage(), failure);
        }
        return ExitCode.OK;
    }

    private void show(AdminClient client, Terminal terminal)
            throws CommandFailedException, InterruptedException, IOException {
        NonBlockingReader keys = terminal.reader();
        while (true) {
            JsonNode nodes = client.nodes();
            selected = Math.max(0, Math.min(selected, nodes.size() - 1));
            draw(terminal, TopScreen.lines(nodes, client.stats(), selected, Math.max(5, terminal.getHeight()), footer));
            long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS);
            int key = keys.read(Math.max(1, TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime())));
            if (key == 'q' || key == 3 || key == NonBlockingReader.EOF) {
                return;
            }
            press(key == 27 ? arrow(keys) : key, nodes, client);
        }
    }

    /** Reads the rest of an escape sequence: {@code [A} is up, {@code [B} is down. */
    private static int arrow(NonBlockingReader keys) throws IOException {
        int bracket = keys.read(50);
        int letter = bracket == '[' || bracket == 'O' ? keys.read(50) : 0;
        return letter == 'A' ? 'k' : letter == 'B' ? 'j' : 0;
    }

    private void press(int key, JsonNode nodes, AdminClient client) throws InterruptedException {
        String id = nodes.path(selected).path("id").asText();
        Asked change = asked;
        if (change != null && key > 0) {
            asked = null;
            footer = key == 'y' ? change(client, change) : HELP;
        } else if (key == 'j' || key == 'k') {
            selected += key == 'j' ? 1 : -1;
        } else if (STATES.containsKey(key) && !nodes.isEmpty()) {
            asked = new Asked(id, STATES.getOrDefault(key, ""));
            footer = String.format(Locale.ROOT, "Set node %s to %s? y: yes, any other key: no", id, asked.state());
        }
    }

    private static String change(AdminClient client, Asked change) throws InterruptedException {
        try {
            JsonNode unused = client.setState(change.id(), change.state());
            return HELP;
        } catch (CommandFailedException failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    private static void draw(Terminal terminal, List<String> lines) {
        terminal.puts(Capability.clear_screen);
        terminal.writer().print(String.join("\r\n", lines));
        terminal.flush();
    }
}

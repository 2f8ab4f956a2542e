package io.cobrowse.node.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The tables of {@code docs/genesys.md} that say which node gets a request. */
final class MigrationTable {
    private static final Path PAGE = Path.of("..", "docs", "genesys.md");
    private static final String BEGIN = "<!-- The test reads the tables from here on. -->";
    private static final String END = "<!-- The test reads the tables up to here. -->";
    private static final String HEAD = "| request | ours | HAProxy | nginx | Apache |";

    private MigrationTable() {}

    /**
     * A row: a request, and its expected outcomes.
     *
     * @param request as in the page
     * @param outcomes in the order of the contenders
     */
    record Row(String request, List<String> outcomes) {
        String line() {
            String[] code = request.split("`");
            String line = "GET /cobrowse/health";
            for (int i = 1; i < code.length; i += 2) {
                if (code[i].startsWith("?")) {
                    line += code[i];
                } else if (!code[i].startsWith("Cookie: ")) {
                    line = code[i];
                }
            }
            return line;
        }

        /** Returns the request's cookie field; empty for none. */
        String cookie() {
            return Stream.of(request.split("`"))
                    .filter(code -> code.startsWith("Cookie: "))
                    .findFirst()
                    .orElse("");
        }

        String outcome(Contender contender) {
            return outcomes.get(contender.ordinal());
        }
    }

    /** Returns the rows of the two tables: with both nodes, and after node 2 has died. */
    static List<List<Row>> read() throws IOException {
        String page = Files.readString(PAGE);
        String part = page.substring(page.indexOf(BEGIN), page.indexOf(END));
        List<List<Row>> tables = new ArrayList<>();
        for (String line : part.lines().filter(line -> line.startsWith("|")).toList()) {
            if (line.equals(HEAD)) {
                tables.add(new ArrayList<>());
            } else if (!line.startsWith("|---")) {
                List<String> cells = Stream.of(line.substring(1).split("\\|"))
                        .map(String::strip)
                        .toList();
                tables.get(tables.size() - 1).add(new Row(cells.get(0), cells.subList(1, cells.size())));
            }
        }
        return tables;
    }
}

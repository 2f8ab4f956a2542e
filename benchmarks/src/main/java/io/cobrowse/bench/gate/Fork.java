package io.cobrowse.bench.gate;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Jmh;
import io.cobrowse.bench.suite.Suite;
import io.cobrowse.bench.suite.Times;
import java.io.File;
import java.io.IOException;

/** One fork of the gate: a JVM that measures all its cases, calibrations among them, and writes JMH's JSON. */
final class Fork {
    private Fork() {}

    public static void main(String[] args) throws IOException {
        if (args.length != 1) {
            throw new IllegalArgumentException("one argument is needed: the file to write");
        }
        ObjectMapper json = new ObjectMapper();
        ArrayNode all = json.createArrayNode();
        for (Case each : Suite.gate()) {
            all.addAll(Jmh.run(each, Times.GATE, 0));
        }
        json.writeValue(new File(args[0]), all);
    }
}

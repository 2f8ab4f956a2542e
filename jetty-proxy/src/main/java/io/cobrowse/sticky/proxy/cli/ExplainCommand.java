package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cobrowse.sticky.proxy.admin.ExplainedRequest;
import io.cobrowse.sticky.proxy.admin.ExplainedRequest.Field;
import io.cobrowse.sticky.proxy.cluster.Cluster;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "explain",
        description =
                "Explains where a request would go, rule by rule, with a configuration (all nodes ready) or with a running proxy.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class ExplainCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The source of the decision. */
    private static final class Source {
        @Option(names = "--config", paramLabel = "FILE", description = "Use this configuration, with all nodes ready.")
        private @Nullable Path config;

        @Option(names = "--admin", paramLabel = "URL", description = "Use the running proxy with this admin interface.")
        private @Nullable URI admin;
    }

    @ArgGroup(exclusive = true, multiplicity = "1")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Source source;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the admin token.")
    private @Nullable Path tokenFile;

    @Option(names = "--method", paramLabel = "M", defaultValue = "GET", description = "Default: ${DEFAULT-VALUE}.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String method;

    @Option(names = "--cookie", paramLabel = "FIELD", description = "The value of a Cookie field; may be repeated.")
    private List<String> cookies = new ArrayList<>();

    @Option(names = "--header", paramLabel = "'N: V'", description = "Another field; may be repeated.")
    private List<String> headers = new ArrayList<>();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Parameters(paramLabel = "TARGET", description = "Path and query.")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private String target;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailedException, InterruptedException {
        if (!target.startsWith("/") && !target.equals("*")) {
            throw wrongUsage(
                    "TARGET is a path and a query, as /cobrowse/cometd?co-browse-node-id=1, not '" + target + "'");
        }
        ExplainedRequest request = new ExplainedRequest(method, target, fields());
        JsonNode decision = decide(request);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(decision.toPrettyString());
        } else {
            decision.path("steps").forEach(step -> out.printf("%-4s %s%n", text(step, "rule"), text(step, "text")));
            out.println(result(decision));
        }
        out.flush();
        return ExitCode.OK;
    }

    private List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        cookies.forEach(value -> fields.add(new Field("Cookie", value)));
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw wrongUsage("--header is 'NAME: VALUE', not '" + header + "'");
            }
            fields.add(new Field(
                    header.substring(0, colon).strip(),
                    header.substring(colon + 1).strip()));
        }
        return fields;
    }

    private JsonNode decide(ExplainedRequest request)
            throws ConfigException, CommandFailedException, InterruptedException {
        Path config = source.config;
        URI admin = source.admin;
        if (config != null) {
            return JSON.valueToTree(request.explain(
                    Cluster.newRouter(ConfigReader.read(config, System::getenv).config())));
        }
        if (admin == null) {
            throw wrongUsage("one of --config and --admin is needed");
        }
        return AdminOption.client(admin, tokenFile, "--admin", spec).post("/api/explain", json(request));
    }

    private static JsonNode json(ExplainedRequest request) {
        var body = JSON.createObjectNode().put("method", request.method()).put("target", request.target());
        var list = body.putArray("headers");
        request.fields()
                .forEach(field -> list.addObject().put("name", field.name()).put("value", field.value()));
        return body;
    }

    private static String result(JsonNode decision) {
        String node = text(decision, "node");
        return switch (decision.path("outcome").asText()) {
            case "forward" ->
                "=> node " + node + ", by " + text(decision, "by") + " (" + text(decision, "sticky") + ")";
            case "node-down" -> "=> 503: node " + node + " is not available, and the client is told";
            case "unknown-node" -> "=> 404: the URL names a node that is not known";
            default -> "=> 503: nobody can serve it";
        };
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asText().replaceAll("\\p{Cntrl}", "?");
    }

    private ParameterException wrongUsage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}

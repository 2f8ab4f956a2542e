package io.cobrowse.sticky.proxy.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import io.cobrowse.sticky.proxy.config.EffectiveConfig;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "check",
        description = "Prints the effective configuration with secrets masked, or every error of the file.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class)
final class CheckCommand implements Callable<Integer> {
    @Mixin
    private final ConfigOption config = new ConfigOption();

    @Option(
            names = "--against",
            paramLabel = "ADMIN_URL",
            description = "Prints what a reload of that running proxy would change, and which clients it would affect.")
    private @Nullable URI against;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the admin token.")
    private @Nullable Path tokenFile;

    @Spec
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Override
    public Integer call() throws ConfigException, CommandFailedException, InterruptedException {
        ConfigReader.Result result = config.read();
        result.warnings().forEach(warning -> spec.commandLine().getErr().println("warning: " + warning));
        String effective = EffectiveConfig.toYaml(result.config());
        URI running = against;
        if (running == null) {
            spec.commandLine().getOut().print(effective);
        } else {
            AdminClient client = AdminOption.client(running, tokenFile, "--against", spec);
            JsonNode body = JsonNodeFactory.instance.objectNode().put("config", effective);
            spec.commandLine().getOut().print(PreviewText.of(client.post("/api/preview", body)));
        }
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }
}

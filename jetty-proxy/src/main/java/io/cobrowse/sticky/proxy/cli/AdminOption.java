package io.cobrowse.sticky.proxy.cli;

import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options for the admin interface of a running proxy. */
final class AdminOption {
    @Option(
            names = "--admin",
            paramLabel = "URL",
            defaultValue = "http://127.0.0.1:8081",
            description = "The admin interface of the proxy (default: ${DEFAULT-VALUE}).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private URI admin;

    @Option(names = "--token-file", paramLabel = "FILE", description = "A file that holds the admin token.")
    private @Nullable Path tokenFile;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    AdminClient client() throws CommandFailedException {
        return client(admin, tokenFile, "--admin", spec);
    }

    static AdminClient client(URI admin, @Nullable Path tokenFile, String option, CommandSpec spec)
            throws CommandFailedException {
        if (admin.getHost() == null || !String.valueOf(admin.getScheme()).matches("https?")) {
            throw new ParameterException(spec.commandLine(), option + " is http://HOST:PORT, not '" + admin + "'");
        }
        return new AdminClient(admin, tokenFile);
    }
}

package io.cobrowse.sticky.proxy.cli;

import io.cobrowse.sticky.proxy.config.ConfigException;
import io.cobrowse.sticky.proxy.config.ConfigReader;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the configuration file. */
final class ConfigOption {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "The configuration file (YAML).")
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private Path file;

    Path file() {
        return file;
    }

    ConfigReader.Result read() throws ConfigException {
        return read(file);
    }

    static ConfigReader.Result read(Path file) throws ConfigException {
        return ConfigReader.read(file, System::getenv);
    }
}

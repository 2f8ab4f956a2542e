package io.cobrowse.sticky.proxy.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** Whatever its bytes, a file is a configuration or has errors that are reported. */
class YamlFuzzTest {
    @TempDir
    static Path directory;

    @FuzzTest(maxDuration = "2m")
    void shouldReadOrTellErrors(byte[] bytes) throws IOException {
        Path file = Files.write(directory.resolve("proxy.yaml"), bytes);
        try {
            assertThat(ConfigReader.read(file, name -> null).config().nodes()).isNotNull();
        } catch (ConfigException errors) {
            assertThat(errors.getMessage()).isNotEmpty();
        }
    }
}

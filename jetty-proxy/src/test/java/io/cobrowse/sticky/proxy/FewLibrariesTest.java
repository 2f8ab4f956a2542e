package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The builder must work with what an embedder gets: Jetty, the Servlet API, SLF4J, HdrHistogram and JCTools, without
 * the libraries of the command line, the configuration file, the admin listener, metrics and discovery.
 */
class FewLibrariesTest {
    private static final String KEPT =
            "(jetty-|jakarta\\.servlet-api|slf4j-api|HdrHistogram|jctools-core|sticky-filter-).*\\.jar";

    @Test
    void shouldServeWithWhatAnEmbedderHas() throws Exception {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.endsWith(".jar")
                        || Path.of(entry).getFileName().toString().matches(KEPT))
                .filter(entry -> !entry.contains("ee10"))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        FewLibraries.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(output)
                .contains("answered: ok")
                .contains(
                        "refused: The admin listener needs com.fasterxml.jackson.core:jackson-databind on the class path")
                .doesNotContain("NoClassDefFoundError");
        assertThat(process.waitFor()).isZero();
    }
}

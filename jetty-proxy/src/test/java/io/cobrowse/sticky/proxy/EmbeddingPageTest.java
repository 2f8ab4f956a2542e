package io.cobrowse.sticky.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** docs/embedding.md shows the code that {@link EmbeddingTest} tests. */
class EmbeddingPageTest {
    private static final Path EXAMPLE = Path.of("src/test/java/io/cobrowse/sticky/proxy/EmbeddedExample.java");

    @Test
    void shouldShowTheExample() throws Exception {
        String example = Files.readString(EXAMPLE)
                .replace("package io.cobrowse.sticky.proxy;\n\n", "import io.cobrowse.sticky.proxy.StickyProxy;\n");
        assertThat(Path.of("..", "docs", "embedding.md")).content().contains("```java\n" + example + "```\n");
    }
}

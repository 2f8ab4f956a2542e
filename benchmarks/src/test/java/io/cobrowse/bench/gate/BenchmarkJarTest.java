package io.cobrowse.bench.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.cobrowse.bench.fork.GateFork;
import io.cobrowse.bench.suite.Case;
import io.cobrowse.bench.suite.Jmh;
import io.cobrowse.bench.suite.Suite;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchmarkJarTest {
    @TempDir
    private Path directory;

    private static Case foreign(String method, String size) {
        return new Case("org.example.SumBenchmark." + method, new TreeMap<>(Map.of("size", size)));
    }

    @Test
    void shouldPutBeforeAJarOnlyWhatAForkNeedsAndTheCalibrations() throws Exception {
        BenchmarkJar.writeFork(directory);

        Path folder = directory.resolve(GateFork.class.getPackageName().replace('.', '/'));
        assertThat(folder.resolve("GateFork.class")).exists();
        assertThat(folder.resolve("CpuTimeProfiler.class")).exists();
        assertThat(folder.resolve("jmh_generated")).isNotEmptyDirectory();
        String list = Files.readString(directory.resolve("META-INF/BenchmarkList"));
        assertThat(Jmh.cases(list)).containsExactlyInAnyOrderElementsOf(Suite.calibrations());
    }

    @Test
    void shouldGateAllOfAForeignJarOrWhatIsAskedFor() {
        List<Case> cases = List.of(foreign("sum", "10"), foreign("sum", "20"), foreign("product", "10"));

        assertThat(Suite.of(cases, null)).containsExactlyElementsOf(cases);
        assertThat(Suite.of(cases, Pattern.compile("sum.*20"))).containsExactly(cases.get(1));
    }

    @Test
    void shouldGateTheGatesSetOfThisProjectsJars() {
        List<Case> cases = Suite.all(Pattern.compile(""));

        assertThat(Suite.of(cases, null))
                .hasSize(Suite.gate().size() - Suite.calibrations().size())
                .noneMatch(Case::calibrates)
                .isSubsetOf(Suite.gate());
    }
}

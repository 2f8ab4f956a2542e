package io.cobrowse.sticky.proxy;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each package uses only those below it. */
class LayersTest {
    private static final String ROOT = LayersTest.class.getPackageName();
    private static final List<String> TOP_DOWN = List.of(
            "cli",
            "admin",
            "observe",
            "cluster",
            "exchange",
            "upstream",
            "tunnel",
            "message",
            "listener",
            "io",
            "config");

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);

    static List<String> layers() {
        return TOP_DOWN;
    }

    @ParameterizedTest
    @MethodSource("layers")
    void shouldUseNothingAbove(String layer) {
        String[] above = IntStream.range(0, TOP_DOWN.indexOf(layer))
                .mapToObj(i -> ROOT + "." + TOP_DOWN.get(i) + "..")
                .toArray(String[]::new);
        noClasses()
                .that(resideInAnyPackage(ROOT + "." + layer + ".."))
                .should()
                .dependOnClassesThat(resideInAnyPackage(above))
                .allowEmptyShould(true)
                .check(CLASSES);
        if (!layer.equals("cli")) {
            noClasses()
                    .that(resideInAnyPackage(ROOT + "." + layer + ".."))
                    .should()
                    .dependOnClassesThat(resideInAnyPackage(ROOT))
                    .allowEmptyShould(true)
                    .check(CLASSES);
        }
    }

    @Test
    void shouldHaveNoCircleOfPackages() {
        slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
    }
}

package io.cobrowse.sticky;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Checks which package may use which. */
@AnalyzeClasses(packages = "io.cobrowse.sticky", importOptions = DoNotIncludeTests.class)
class DirectionsTest {

    @ArchTest
    static final ArchRule scanShouldUseTheJdkAlone = classes()
            .that()
            .resideInAPackage("..scan")
            .and()
            .doNotHaveSimpleName("package-info")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "..scan");

    @ArchTest
    static final ArchRule routingShouldUseScanAndTheJdkAlone = classes()
            .that()
            .resideInAPackage("..routing")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "..scan", "..routing");

    @ArchTest
    static final ArchRule filterShouldKnowNoContainer = classes()
            .that()
            .resideInAPackage("..filter")
            .should()
            .onlyDependOnClassesThat()
            .resideInAnyPackage("java..", "org.jspecify..", "jakarta.servlet..", "..scan", "..routing", "..filter");

    @ArchTest
    static final ArchRule routingShouldNeverTouchTheBodyOrParsedForms = noClasses()
            .should()
            .callMethodWhere(target(nameMatching(
                    "getParameter|getParameterMap|getParameterNames|getParameterValues|getParts?|getCookies"
                            + "|getInputStream|getReader")));
}

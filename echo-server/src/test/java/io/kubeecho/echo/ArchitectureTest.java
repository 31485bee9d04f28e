package io.kubeecho.echo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.kubeecho.echo.log.AccessLog;
import org.jspecify.annotations.NullMarked;

@AnalyzeClasses(packages = "io.kubeecho.echo", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule packagesAreFreeOfCycles =
            slices().matching("io.kubeecho.echo.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingBelowKnowsTheServerAsAWhole = noClasses()
            .that()
            .resideInAPackage("io.kubeecho.echo.*..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.kubeecho.echo");

    @ArchTest
    static final ArchRule theEchoPortKnowsNothingOfItsManagement = noClasses()
            .that()
            .resideInAnyPackage("..http..", "..log..", "..bytes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("..ops..");

    @ArchTest
    static final ArchRule theEchoPortCountsWithoutMicrometer = noClasses()
            .that()
            .resideInAnyPackage("..http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule whatAnswersRequestsTouchesNoFileAndStartsNothing = noClasses()
            .that()
            .resideInAnyPackage("..http..", "..control..", "..proxy..", "..tls..", "..line..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.util.jar..", "java.util.zip..", "javax.script..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.File")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.io\\.(File(In|Out)putStream|FileReader|FileWriter|RandomAccessFile|ObjectInputStream)")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.lang\\.(Process|ProcessBuilder|Runtime)")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching(
                    "java\\.net\\.(Socket|URL|URLConnection)|java\\.net\\.http\\..*|io\\.vertx\\.core\\.(net\\.NetClient|http\\.HttpClient)")
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule standardStreamsAreForMainAndTheAccessLog = noClasses()
            .that()
            .areNotAssignableTo(Main.class)
            .and()
            .areNotAssignableTo(AccessLog.class)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err")
            .orShould()
            .accessField(java.io.FileDescriptor.class, "out");

    @ArchTest
    static void everyPackageIsNullMarked(JavaClasses all) {
        all.stream()
                .map(type -> type.getPackage())
                .distinct()
                .forEach(p -> classes()
                        .that()
                        .resideInAPackage(p.getName())
                        .should(com.tngtech.archunit.lang.ArchCondition.from(
                                com.tngtech.archunit.base.DescribedPredicate.describe(
                                        "be in a null-marked package",
                                        type -> type.getPackage().isAnnotatedWith(NullMarked.class))))
                        .check(all));
    }
}

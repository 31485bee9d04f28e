package io.kubeecho.architecture;

import static com.tngtech.archunit.lang.SimpleConditionEvent.violated;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.all;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.AbstractClassesTransformer;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/** Data flows lab → probe → scenario → evidence → report, and nobody looks back. */
@AnalyzeClasses(
        packages = {
            "io.kubeecho.cli",
            "io.kubeecho.cluster",
            "io.kubeecho.deviation",
            "io.kubeecho.dial",
            "io.kubeecho.evidence",
            "io.kubeecho.lab",
            "io.kubeecho.load",
            "io.kubeecho.output",
            "io.kubeecho.page",
            "io.kubeecho.probe",
            "io.kubeecho.report",
            "io.kubeecho.scenario",
            "io.kubeecho.stats"
        },
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    private static final String ROOT = "io.kubeecho.";

    @ArchTest
    static final ArchRule statisticsKnowNothing = only("stats");

    @ArchTest
    static final ArchRule dialingKnowsNothing = only("dial");

    @ArchTest
    static final ArchRule theLabKnowsOnlyDialing = only("lab", "dial");

    @ArchTest
    static final ArchRule aClustersApiKnowsOnlyHowALabIsNotToBeHad = only("cluster", "lab");

    @ArchTest
    static final ArchRule theEmbeddedLabKnowsTheLabAndTheEchoServer = only("lab.embedded", "lab", "dial", "echo");

    @ArchTest
    static final ArchRule theProbeKnowsTheLab = only("probe", "lab", "dial");

    @ArchTest
    static final ArchRule evidenceIsObservationsAndThresholds = only("evidence", "probe", "stats");

    @ArchTest
    static final ArchRule scenariosKnowNeitherReportsNorKindsOfLabs =
            only("scenario", "lab", "probe", "dial", "stats", "evidence", "deviation");

    @ArchTest
    static final ArchRule deviationsAreJudgedByEvidence = only("deviation", "evidence", "probe", "stats");

    @ArchTest
    static final ArchRule reportsKnowWhatTheyShow =
            only("report", "evidence", "probe", "dial", "stats", "lab", "page", "output");

    @ArchTest
    static final ArchRule whatARolloutCostsKnowsOnlyHowConnectionsFail = only("load.rollout", "load.connection");

    @ArchTest
    static final ArchRule aServiceIsWatchedWithoutKnowingTheLoad = only("load.watch", "load.rollout", "cluster", "lab");

    @ArchTest
    static final ArchRule pagesKnowOnlyHowTextIsMadeHarmless = only("page", "output");

    @ArchTest
    static final ArchRule filesAndTextKnowNothing = only("output");

    @ArchTest
    static final ArchRule nobodyKnowsTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackage(ROOT + "cli")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "cli");

    @ArchTest
    static final ArchRule packagesHaveNoCycles =
            slices().matching(ROOT + "(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule onlyTheCommandLinePrints = noClasses()
            .that()
            .resideInAnyPackage(
                    harness("stats", "lab", "lab.embedded", "probe", "evidence", "scenario", "report", "dial"))
            .should(ACCESS_STANDARD_STREAMS)
            .orShould(USE_JAVA_UTIL_LOGGING);

    @ArchTest
    static final ArchRule onlyTheCommandLineEndsTheProcess = noClasses()
            .that()
            .resideInAnyPackage(
                    harness("stats", "lab", "lab.embedded", "probe", "evidence", "scenario", "report", "dial"))
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule statisticsAndObservationsAreTriedWithoutANetwork = noClasses()
            .that()
            .resideInAnyPackage(harness("stats", "evidence", "report", "scenario", "lab"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..", "java.net..", "java.nio.channels..");

    @ArchTest
    static final ArchRule everyPackageIsNullMarked = all(packages()).should(beNullMarked());

    /** Of this project's packages, one depends on itself and on these. */
    private static ArchRule only(String from, String... on) {
        String[] allowed = harness(on);
        return noClasses()
                .that()
                .resideInAPackage(ROOT + from)
                .should()
                .dependOnClassesThat(com.tngtech.archunit.base.DescribedPredicate.describe(
                        "reside in another package of io.kubeecho than " + String.join(", ", on),
                        target -> target.getPackageName().startsWith(ROOT)
                                && !target.getPackageName().equals(ROOT + from)
                                && !Set.of(allowed).contains(target.getPackageName())));
    }

    private static String[] harness(String... packages) {
        return Set.of(packages).stream().map(p -> ROOT + p).toArray(String[]::new);
    }

    private static AbstractClassesTransformer<JavaPackage> packages() {
        return new AbstractClassesTransformer<>("packages") {
            @Override
            public Iterable<JavaPackage> doTransform(JavaClasses all) {
                return all.stream().map(c -> c.getPackage()).collect(Collectors.toSet());
            }
        };
    }

    private static ArchCondition<JavaPackage> beNullMarked() {
        return new ArchCondition<>("be @NullMarked") {
            @Override
            public void check(JavaPackage checked, ConditionEvents events) {
                if (!checked.isAnnotatedWith(NullMarked.class)) {
                    events.add(violated(checked, checked.getName() + " is not @NullMarked"));
                }
            }
        };
    }
}

package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.abortedWithReason;
import static org.junit.platform.testkit.engine.EventConditions.event;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.FakeLab;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** The scenarios as a part of a user's own JUnit suite. */
class ServiceConformanceTest {

    @BeforeEach
    void forget() {
        SampleSuites.OPENED.clear();
        SampleSuites.VERDICTS.clear();
        SampleSuites.MOST_AT_ONCE.set(0);
    }

    @Test
    void aClassOfThreeLinesRunsEveryScenarioOnOneLabAndClosesIt() {
        EngineExecutionResults results = run(SampleSuites.OurCluster.class);

        results.testEvents()
                .assertStatistics(s -> s.started(Catalogue.all().size())
                        .succeeded(Catalogue.all().size())
                        .failed(0)
                        .aborted(0)
                        .skipped(0));
        assertThat(SampleSuites.VERDICTS)
                .extracting(ScenarioResult::id)
                .containsExactlyInAnyOrderElementsOf(
                        Catalogue.all().stream().map(Catalogue.Item::id).toList());
        assertThat(SampleSuites.OPENED).singleElement().satisfies(lab -> {
            assertThat(lab.timesClosed()).isEqualTo(1);
            assertThat(lab.services()).isNotEmpty().allMatch(FakeLab.FakeService::isClosed);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {SampleSuites.OneAtATime.class, SampleSuites.AllAtOnce.class})
    void scenariosOfOneLabRunOneAfterTheOtherWhateverJunitIsTold(Class<?> suite) {
        EngineTestKit.engine("junit-jupiter")
                .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
                .configurationParameter("junit.jupiter.execution.parallel.mode.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
                .configurationParameter("junit.jupiter.execution.parallel.config.strategy", "fixed")
                .configurationParameter("junit.jupiter.execution.parallel.config.fixed.parallelism", "4")
                .selectors(selectClass(suite))
                .execute()
                .testEvents()
                .assertStatistics(s -> s.succeeded(Catalogue.all().size()).failed(0));
        assertThat(SampleSuites.MOST_AT_ONCE).hasValue(1);
    }

    @Test
    void reportsShowIdsAndTitles() {
        assertThat(run(SampleSuites.OurCluster.class).testEvents().started().stream()
                        .map(Event::getTestDescriptor)
                        .map(org.junit.platform.engine.TestDescriptor::getDisplayName))
                .contains(
                        "AFF-CIP: ClientIP affinity through a ClusterIP", "HOLD: affinity just inside timeoutSeconds");
    }

    @Test
    void theVerdictIsAReportEntryOfItsTest() {
        assertThat(run(SampleSuites.OurCluster.class).testEvents().reportingEntryPublished().stream()
                        .map(e -> e.getRequiredPayload(org.junit.platform.engine.reporting.ReportEntry.class)
                                .getKeyValuePairs()
                                .get("verdict")))
                .hasSize(Catalogue.all().size())
                .anyMatch(said -> said.startsWith("PASS: each of 48 entries stayed on one pod in "));
    }

    @Test
    void inconclusiveIsAnAbort() {
        run(SampleSuites.Useless.class)
                .testEvents()
                .assertStatistics(s -> s.started(25).aborted(25).failed(0))
                .aborted()
                .assertThatEvents()
                .haveAtLeastOne(
                        event(abortedWithReason(message("a client could not connect from its own address: no ports"))));
    }

    @Test
    void inconclusiveIsAFailureWhenStrict() {
        run(SampleSuites.UselessAndStrict.class)
                .testEvents()
                .assertStatistics(s -> s.started(25).aborted(0).failed(25))
                .failed()
                .assertThatEvents()
                .haveAtLeastOne(event(finishedWithFailure(
                        instanceOf(IllegalStateException.class),
                        message("INCONCLUSIVE: a client could not connect from its own address: no ports"))));
    }

    @Test
    void aScenarioOutsideAnySuiteSaysWhatToDo() {
        run(SessionAffinityScenarios.class)
                .testEvents()
                .assertStatistics(s -> s.succeeded(0))
                .failed()
                .assertThatEvents()
                .isNotEmpty()
                .allSatisfy(e -> assertThat(e.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                                .getThrowable())
                        .get()
                        .satisfies(t -> assertThat(messages(t))
                                .contains("a scenario needs a lab: extend io.kubeecho.scenario.ServiceConformance")));
    }

    private static String messages(Throwable thrown) {
        StringBuilder all = new StringBuilder();
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            all.append(t.getMessage()).append('\n');
        }
        return all.toString();
    }

    private static EngineExecutionResults run(Class<?> suite) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(selectClass(suite))
                .execute();
    }
}

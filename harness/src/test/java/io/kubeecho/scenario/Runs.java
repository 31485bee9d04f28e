package io.kubeecho.scenario;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import io.kubeecho.stats.Power;
import io.kubeecho.stats.Thresholds;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs scenarios on a lab, as the command line does, and keeps what they and JUnit said. */
public final class Runs implements TestExecutionListener {

    private final List<ScenarioResult> results = new ArrayList<>();
    private final Map<String, TestExecutionResult> junit = new TreeMap<>();
    private final Map<String, String> skipped = new TreeMap<>();

    private Runs() {}

    public static Runs of(Lab lab, String... ids) {
        return of(lab, Power.DEFAULT, ids);
    }

    public static Runs of(Lab lab, Power power, String... ids) {
        return start(lab, power, Profile.KUBE_PROXY_IPTABLES, false, Optional::empty, selectors(ids));
    }

    /** All scenarios, with what is known of the data plane. */
    static Runs ofProfile(Lab lab, Profile profile) {
        return start(lab, Power.DEFAULT, profile, false, Optional::empty, selectors());
    }

    /** CAPACITY, and what is asked of it. */
    static Runs ofCapacity(Lab lab, AffinityCapacity capacity) {
        return start(lab, Power.DEFAULT, Profile.NONE, capacity, false, Optional::empty, selectors("CAPACITY"));
    }

    static Runs strict(Lab lab, String... ids) {
        return start(lab, Power.DEFAULT, Profile.KUBE_PROXY_IPTABLES, true, Optional::empty, selectors(ids));
    }

    static Runs stopped(Lab lab, Supplier<Optional<String>> stopped, String... ids) {
        return start(lab, Power.DEFAULT, Profile.KUBE_PROXY_IPTABLES, false, stopped, selectors(ids));
    }

    /** Scenarios that are in no catalogue. */
    static Runs ofAll(Lab lab, Class<?> scenarios) {
        return start(
                lab,
                Power.DEFAULT,
                Profile.KUBE_PROXY_IPTABLES,
                false,
                Optional::empty,
                Arrays.stream(scenarios.getDeclaredMethods())
                        .filter(m -> m.isAnnotationPresent(Scenario.class))
                        .<DiscoverySelector>map(m -> selectMethod(scenarios, m))
                        .toList());
    }

    private static List<DiscoverySelector> selectors(String... ids) {
        List<Catalogue.Item> items = ids.length == 0 ? Catalogue.all() : Catalogue.named(List.of(ids));
        return items.stream()
                .<DiscoverySelector>map(i -> selectMethod(i.topic(), i.method()))
                .toList();
    }

    private static Runs start(
            Lab lab,
            Power power,
            Profile profile,
            boolean strict,
            Supplier<Optional<String>> stopped,
            List<DiscoverySelector> scenarios) {
        return start(lab, power, profile, AffinityCapacity.MEASURED, strict, stopped, scenarios);
    }

    private static Runs start(
            Lab lab,
            Power power,
            Profile profile,
            AffinityCapacity capacity,
            boolean strict,
            Supplier<Optional<String>> stopped,
            List<DiscoverySelector> scenarios) {
        Runs runs = new Runs();
        LauncherConfig quiet = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        try (LauncherSession session = LauncherFactory.openSession(quiet)) {
            new ConformanceRun(
                            lab,
                            Thresholds.of(power),
                            profile,
                            capacity,
                            Deviations.NONE,
                            strict,
                            stopped,
                            runs.results::add,
                            (failed, id) -> {})
                    .startIn(session);
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(scenarios)
                                    .filters(EngineFilter.includeEngines("junit-jupiter"))
                                    .build(),
                            runs);
        }
        return runs;
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        id(test).ifPresent(id -> junit.put(id, result));
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        id(test).ifPresent(id -> skipped.put(id, reason));
    }

    private static Optional<String> id(TestIdentifier test) {
        return test.getSource()
                .filter(org.junit.platform.engine.support.descriptor.MethodSource.class::isInstance)
                .map(org.junit.platform.engine.support.descriptor.MethodSource.class::cast)
                .map(source -> idOf(source.getJavaMethod()));
    }

    private static String idOf(Method method) {
        return method.getAnnotation(Scenario.class).id();
    }

    ScenarioResult result(String id) {
        return results.stream()
                .filter(r -> r.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no result of " + id + " among " + results));
    }

    /** Every verdict, SKIP for those that JUnit skipped, as "AFF-CIP PASS". */
    public List<String> verdicts() {
        Map<String, String> all = new TreeMap<>();
        results.forEach(r -> all.put(r.id(), r.verdict().name()));
        skipped.keySet().forEach(id -> all.put(id, "SKIP"));
        return all.entrySet().stream().map(e -> e.getKey() + " " + e.getValue()).toList();
    }

    public List<ScenarioResult> results() {
        return results;
    }

    TestExecutionResult junit(String id) {
        return Optional.ofNullable(junit.get(id)).orElseThrow(() -> new AssertionError(id + " did not run"));
    }

    public String skipReason(String id) {
        return Optional.ofNullable(skipped.get(id)).orElseThrow(() -> new AssertionError(id + " was not skipped"));
    }
}

package io.kubeecho.scenario;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import io.kubeecho.stats.Thresholds;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.platform.launcher.LauncherSession;

/**
 * What all scenarios of one run share.
 *
 * @param profile what is known of the data plane
 * @param capacity what CAPACITY asks
 * @param deviations which failures the user knows
 * @param strict whether INCONCLUSIVE is an error for JUnit instead of an abort
 * @param stopped why no further scenario is to start, such as the end of the run's time; empty while they may
 * @param results takes each verdict as soon as it is there
 * @param onFailure takes the lab and the id of a scenario that did not pass, while its Services still exist
 */
public record ConformanceRun(
        Lab lab,
        Thresholds thresholds,
        Profile profile,
        AffinityCapacity capacity,
        Deviations deviations,
        boolean strict,
        Supplier<Optional<String>> stopped,
        Consumer<ScenarioResult> results,
        BiConsumer<Lab, String> onFailure) {

    private static final String KEY = "run";

    /** Which failures are known: those of the data plane, and the user's own. */
    Deviations known() {
        return deviations.and(profile.deviations());
    }

    /** Makes this the run of every scenario that the session's launcher executes. */
    public void startIn(LauncherSession session) {
        session.getStore()
                .put(
                        org.junit.platform.engine.support.store.Namespace.create(ConformanceRun.class.getName()),
                        KEY,
                        this);
    }

    /**
     * The run that a scenario belongs to: the one of the launcher's session, or the one that an enclosing
     * {@link ServiceConformance} provides.
     */
    static ConformanceRun of(ExtensionContext context) {
        ConformanceRun ofSession = context.getStore(StoreScope.LAUNCHER_SESSION, sessionNamespace())
                .get(KEY, ConformanceRun.class);
        return ofSession != null ? ofSession : ofSuite(context);
    }

    private static ConformanceRun ofSuite(ExtensionContext context) {
        ServiceConformance suite = context.getTestInstances()
                .flatMap(instances -> instances.findInstance(ServiceConformance.class))
                .orElseThrow(() -> new IllegalStateException(
                        "a scenario needs a lab: extend " + ServiceConformance.class.getName()));
        // kept in the root store, which closes it after the last scenario of the suite
        Store store = context.getRoot().getStore(Namespace.create(ConformanceRun.class, suite.getClass()));
        return store.getOrComputeIfAbsent(KEY, key -> new SuiteRun(suite), SuiteRun.class)
                .run();
    }

    private static Namespace sessionNamespace() {
        return Namespace.create(ConformanceRun.class.getName());
    }

    private record SuiteRun(ConformanceRun run) implements AutoCloseable {
        SuiteRun(ServiceConformance suite) {
            this(new ConformanceRun(
                    suite.lab(),
                    Thresholds.standard(),
                    suite.profile(),
                    suite.capacity(),
                    suite.deviations(),
                    suite.strict(),
                    Optional::empty,
                    suite::verdict,
                    (failed, id) -> {}));
        }

        @Override
        public void close() {
            run.lab().close();
        }
    }
}

package io.kubeecho.scenario;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * All scenarios as a JUnit 5 suite of one's own: extend it and say which lab.
 *
 * <pre>{@code
 * class OurClusterTest extends ServiceConformance {
 *     @Override
 *     protected Lab lab() {
 *         return new EmbeddedLab(EmbeddedLab.Options.defaults());
 *     }
 * }
 * }</pre>
 *
 * <p>Its scenarios run one after the other, whatever JUnit is told about running tests side by side: they share a lab.
 */
@Execution(ExecutionMode.SAME_THREAD)
public abstract class ServiceConformance {

    /** The lab to run in; asked once, and closed after the last scenario. */
    protected abstract Lab lab();

    /** What the data plane is known to be; what Kubernetes leaves open is asserted only where this names it. */
    protected Profile profile() {
        return Profile.NONE;
    }

    /** How many clients CAPACITY comes with, and how many have to be kept. */
    protected AffinityCapacity capacity() {
        return AffinityCapacity.MEASURED;
    }

    /** Which failures are known, and why: they do not fail the build. */
    protected Deviations deviations() {
        return Deviations.NONE;
    }

    /** Whether INCONCLUSIVE fails the build; so by default in CI, where an abort would go unnoticed. */
    protected boolean strict() {
        return System.getenv("CI") != null;
    }

    /** Takes each verdict with its evidence; does nothing unless overridden. */
    protected void verdict(ScenarioResult result) {}

    @Nested
    class Affinity extends SessionAffinityScenarios {}

    @Nested
    class AffinityTimeout extends AffinityTimeoutScenarios {}

    @Nested
    class Endpoints extends EndpointScenarios {}

    @Nested
    class ExternalTrafficPolicy extends ExternalTrafficPolicyScenarios {}

    @Nested
    class SourceAddress extends SourceAddressScenarios {}
}

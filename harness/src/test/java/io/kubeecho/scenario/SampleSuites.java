package io.kubeecho.scenario;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.Lab;
import java.util.ArrayList;
import java.util.List;

/** Suites as users write them, for {@link ServiceConformanceTest} to run. */
final class SampleSuites {

    static final List<FakeLab> OPENED = new ArrayList<>();
    static final List<ScenarioResult> VERDICTS = new ArrayList<>();

    private SampleSuites() {}

    static class OurCluster extends ServiceConformance {
        @Override
        protected Lab lab() {
            FakeLab lab = ReferencePlane.lab();
            OPENED.add(lab);
            return lab;
        }

        @Override
        protected void verdict(ScenarioResult result) {
            VERDICTS.add(result);
        }
    }

    /** A cluster whose clients are of no use. */
    static class Useless extends ServiceConformance {
        @Override
        protected Lab lab() {
            return new FakeLab().with(c -> FakeLab.failed(Failure.LOCAL, "no ports"));
        }

        @Override
        protected boolean strict() {
            return false;
        }
    }

    static class UselessAndStrict extends Useless {
        @Override
        protected boolean strict() {
            return true;
        }
    }
}

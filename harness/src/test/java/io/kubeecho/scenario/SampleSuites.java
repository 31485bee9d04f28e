package io.kubeecho.scenario;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.Lab;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Suites as users write them, for {@link ServiceConformanceTest} to run. */
final class SampleSuites {

    static final List<FakeLab> OPENED = new ArrayList<>();
    static final List<ScenarioResult> VERDICTS = new ArrayList<>();

    static final AtomicInteger MOST_AT_ONCE = new AtomicInteger();

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

    /** A lab that notes how many scenarios use it at once. */
    static class OneAtATime extends ServiceConformance {
        @Override
        protected Lab lab() {
            FakeLab lab = new FakeLab();
            FakeLab.DataPlane plane = ReferencePlane.of(lab);
            AtomicInteger inside = new AtomicInteger();
            return lab.with(connection -> {
                MOST_AT_ONCE.accumulateAndGet(inside.incrementAndGet(), Math::max);
                try {
                    return plane.reply(connection);
                } finally {
                    inside.decrementAndGet();
                }
            });
        }
    }

    /** One whose author asks for tests side by side. */
    @Execution(ExecutionMode.CONCURRENT)
    static class AllAtOnce extends OneAtATime {}

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

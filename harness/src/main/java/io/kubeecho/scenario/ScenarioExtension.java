package io.kubeecho.scenario;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

/** Gives a scenario its lab and its trial, and turns the way it ended into a result with all its evidence. */
final class ScenarioExtension implements ParameterResolver, InvocationInterceptor {

    private static final Namespace NAMESPACE = Namespace.create(ScenarioExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == Lab.class || type == Trial.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Lab.class
                ? ConformanceRun.of(context).lab()
                : trial(context);
    }

    @Override
    public void interceptTestMethod(
            Invocation<Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        ConformanceRun run = ConformanceRun.of(context);
        Lock lab = onlyUserOf(run.lab(), context);
        lab.lock();
        try {
            intercept(run, invocation, method, context);
        } finally {
            lab.unlock();
        }
    }

    /**
     * What one scenario does to a lab, such as removing endpoints, another would take for the data plane's doing. A suite of
     * one's own may have been told to run its tests side by side.
     */
    private static Lock onlyUserOf(Lab lab, ExtensionContext context) {
        return context.getRoot()
                .getStore(NAMESPACE)
                .getOrComputeIfAbsent(lab, key -> new ReentrantLock(), ReentrantLock.class);
    }

    private static void intercept(
            ConformanceRun run,
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> method,
            ExtensionContext context)
            throws Throwable {
        Scenario scenario = method.getExecutable().getAnnotation(Scenario.class);
        Instant started = Instant.now();
        long nanos = System.nanoTime();
        Ending ending = proceed(run, scenario, invocation, trial(context));
        ScenarioResult seen = new ScenarioResult(
                scenario.id(),
                scenario.title(),
                ending.verdict,
                scenario.expects(),
                ending.seen,
                ending.meaning,
                trial(context).thresholdsUsed(),
                trial(context).findings(),
                trial(context).phases(),
                started,
                Duration.ofNanos(System.nanoTime() - nanos));
        ScenarioResult result = run.known().judge(seen, LocalDate.ofInstant(started, ZoneId.systemDefault()));
        run.results().accept(result);
        context.publishReportEntry("verdict", result.verdict() + ": " + result.seen());
        if (ending.thrown != null && result.verdict() != Verdict.KNOWN_DEVIATION) {
            throw run.strict() && result.verdict() == Verdict.INCONCLUSIVE
                    ? new IllegalStateException("INCONCLUSIVE: " + ending.seen, ending.thrown)
                    : ending.thrown;
        }
    }

    private static Ending proceed(ConformanceRun run, Scenario scenario, Invocation<Void> invocation, Trial trial) {
        try (trial) {
            Ending ending = carryOut(run, invocation, trial);
            // a stop is remembered by the run; as an interrupt it would keep the Services from being removed
            Thread.interrupted();
            boolean needsExplaining = ending.verdict == Verdict.FAIL || ending.verdict == Verdict.INCONCLUSIVE;
            if (needsExplaining && run.stopped().get().isEmpty()) {
                run.onFailure().accept(run.lab(), scenario.id());
            }
            return ending;
        } catch (LabException lost) {
            return new Ending(Verdict.INCONCLUSIVE, "the lab was lost: " + lost.getMessage(), "", lost);
        }
    }

    private static Ending carryOut(ConformanceRun run, Invocation<Void> invocation, Trial trial) {
        long lostBefore = run.lab().packetsLost();
        try {
            run.stopped().get().ifPresent(reason -> {
                throw new Inconclusive("not run: " + reason);
            });
            invocation.proceed();
            Conclusion conclusion = trial.conclusion();
            return new Ending(conclusion.verdict(), conclusion.seen(), "", null);
        } catch (Failed failed) {
            long lost = run.lab().packetsLost() - lostBefore;
            if (lost > 0) {
                return new Ending(
                        Verdict.INCONCLUSIVE,
                        "%d packets were dropped by this machine, whose table of tracked connections (nf_conntrack) is full: %s"
                                .formatted(lost, failed.breach().seen()),
                        "",
                        new Inconclusive(failed.breach().seen()));
            }
            return new Ending(
                    Verdict.FAIL, failed.breach().seen(), failed.breach().meaning(), failed);
        } catch (Inconclusive inconclusive) {
            return new Ending(Verdict.INCONCLUSIVE, inconclusive.reason(), "", inconclusive);
        } catch (Throwable unexpected) {
            String reason = run.stopped()
                    .get()
                    .map(why -> "not finished: " + why)
                    .orElseGet(() -> unexpected instanceof LabException
                            ? "the lab was lost: " + unexpected.getMessage()
                            : "a bug in kube-echo, please report it: " + unexpected);
            return new Ending(Verdict.INCONCLUSIVE, reason, "", unexpected);
        }
    }

    /** How a scenario ended. */
    private record Ending(
            Verdict verdict,
            String seen,
            String meaning,
            @Nullable Throwable thrown) {}

    private static Trial trial(ExtensionContext context) {
        ConformanceRun run = ConformanceRun.of(context);
        return context.getStore(NAMESPACE)
                .getOrComputeIfAbsent(
                        Trial.class,
                        type -> new Trial(run.lab(), run.thresholds(), run.profile(), run.capacity()),
                        Trial.class);
    }
}

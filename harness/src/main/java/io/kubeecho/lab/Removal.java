package io.kubeecho.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The steps by which something is removed: each is tried whatever became of those before it, and none fails unheard. */
public final class Removal {

    private final List<LabException> failures = new ArrayList<>();

    /** One step; an exception says that it failed. */
    @FunctionalInterface
    public interface Step {
        @SuppressWarnings("checkedExceptions") // what is closed may throw anything
        void take() throws Exception;
    }

    /**
     * Takes a step.
     *
     * @param doing what it does, as the user would say it
     * @return whether it succeeded
     */
    public boolean step(String doing, Step step) {
        try {
            step.take();
            return true;
        } catch (LabException e) {
            failures.add(e);
        } catch (Exception e) {
            failures.add(new LabException(doing + " failed: " + e, e));
        }
        return false;
    }

    /** The first failure, which has the others suppressed; empty if there was none. */
    public Optional<LabException> failure() {
        Optional<LabException> first = failures.stream().findFirst();
        first.ifPresent(failure ->
                failures.stream().skip(1).filter(other -> other != failure).forEach(failure::addSuppressed));
        return first;
    }

    /**
     * Says that all steps were taken; to be called once.
     *
     * @throws LabException the first failure, which has the others suppressed
     */
    public void end() {
        failure().ifPresent(failed -> {
            throw failed;
        });
    }
}

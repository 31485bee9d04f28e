package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.lab.LabException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class StepsTest {

    private final Steps steps = new Steps();

    @AfterEach
    void close() {
        steps.close();
    }

    @Test
    void resultsComeInTheOrderOfTheWorks() {
        assertThat(steps.runAll("counting", List.of(() -> 1, () -> 2, () -> 3))).containsExactly(1, 2, 3);
    }

    @Test
    void anInterruptIsNotPassedOnAndTheWorkIsWaitedFor() {
        CountDownLatch started = new CountDownLatch(1);
        AtomicBoolean interrupted = new AtomicBoolean();
        AtomicBoolean finished = new AtomicBoolean();
        Thread caller = Thread.currentThread();

        assertThatThrownBy(() -> steps.run("making the network", () -> {
                    caller.interrupt();
                    started.countDown();
                    while (!steps.isStopped()) {
                        Thread.onSpinWait();
                    }
                    interrupted.set(Thread.currentThread().isInterrupted());
                    finished.set(true);
                    return true;
                }))
                .isInstanceOf(LabException.class)
                .hasMessage("interrupted while making the network");

        assertThat(started.getCount()).isZero();
        assertThat(finished).as("nothing goes on behind the caller's back").isTrue();
        assertThat(interrupted).isFalse();
        assertThat(Thread.interrupted()).as("the caller's interrupt is kept").isTrue();
    }

    @Test
    void whenOneFailsTheOthersAreToldToStopAndTheFirstFailureIsSaid() {
        assertThatThrownBy(() -> steps.runAll(
                        "starting the server",
                        List.of(
                                () -> {
                                    while (true) {
                                        steps.pause();
                                    }
                                },
                                () -> {
                                    throw new IllegalStateException("no such image");
                                })))
                .isInstanceOf(LabException.class)
                .hasMessage("starting the server failed: no such image");
    }
}

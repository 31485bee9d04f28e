package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.k3s.RunProcess.Life;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class RunProcessTest {

    private final RunProcess self = RunProcess.current();

    @Test
    void thisProcessIsAliveAlsoWhenReadFromItsLabel() {
        assertThat(RunProcess.parse(self.label()).orElseThrow().life()).isEqualTo(Life.ALIVE);
    }

    @Test
    void aProcessThatEndedIsDead() throws Exception {
        Process ended = new ProcessBuilder("true").start();
        ended.waitFor();

        assertThat(new RunProcess(self.machine(), ended.pid(), self.started()).life())
                .isEqualTo(Life.DEAD);
    }

    @Test
    void anotherProcessWithTheSameNumberIsNotTheRun() {
        assertThat(new RunProcess(self.machine(), self.pid(), self.started() - 1).life())
                .isEqualTo(Life.DEAD);
    }

    @Test
    void ofAnotherMachineNothingIsKnown() {
        assertThat(new RunProcess("elsewhere", self.pid(), self.started()).life())
                .isEqualTo(Life.ELSEWHERE);
    }

    /** The clock's setting is in what ProcessHandle says, and may be corrected by any amount while a run lives. */
    @Test
    void whenAProcessBeganIsCountedFromTheBoot() throws Exception {
        double uptime =
                Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
        assertThat(self.started() / 100.0).isPositive().isLessThanOrEqualTo(uptime + 1);
    }

    @Test
    void otherLabelsAreNone() {
        assertThat(RunProcess.parse("")).isEmpty();
        assertThat(RunProcess.parse("machine/pid/start")).isEmpty();
    }
}

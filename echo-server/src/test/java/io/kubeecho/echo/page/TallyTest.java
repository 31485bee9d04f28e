package io.kubeecho.echo.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TallyTest {

    private final Tally tally = new Tally();

    @Test
    void aRunIsThatOfOnePodWithoutAnInterruption() {
        answered("a");
        answered("a");
        assertThat(tally.run()).isEqualTo(2);
        answered("b");
        assertThat(tally.run()).isEqualTo(1);
        refused();
        assertThat(tally.run()).isZero();
        answered("b");
        assertThat(tally.run()).isEqualTo(1);
        assertThat(tally.unanswered()).isEqualTo(1);
        assertThat(tally.pods()).extracting(Tally.PodCount::connections).containsExactly(2L, 2L);
    }

    @Test
    void aTargetThatInventsNamesTakesNoMemory() {
        for (int i = 0; i < 10_000; i++) {
            answered("pod-" + i);
        }
        assertThat(tally.pods()).hasSizeLessThanOrEqualTo(50);
        assertThat(tally.recent()).hasSize(Tally.MOST_RECENT);
    }

    @Test
    void aPodKeepsItsNumberWhileItIsSeenAndNewOnesGetNewNumbers() {
        Cast cast = new Cast();
        assertThat(cast.number("a")).isZero();
        for (int i = 1; i < 1_000; i++) {
            assertThat(cast.number("pod-" + i)).isEqualTo(i);
            assertThat(cast.number("a")).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1,10.0.0.1,true",
        "10.0.0.1,10.0.0.2,false",
        "fd00::1,fd00:0:0:0:0:0:0:1,true",
        "::,10.0.0.1,false"
    })
    void anAddressIsKeptWhateverItsSpelling(String seen, String own, boolean kept) {
        assertThat(new Visit.Answered("a", seen, own).kept()).isEqualTo(kept);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<html>",
                "Host=h  Path=/  From=<b>  ClientIP=10.0.0.1  XFF=",
                "Host=h  Path=/  From=pod  ClientIP=somebody  XFF=",
                "Host=h  Path=/  From=  ClientIP=10.0.0.1  XFF="
            })
    void whatIsNoEchoLineHasNoPod(String body) {
        Dialed attempt = new Dialed("e", 0, 0, 5_000_000, new Dialed.Answered(1, "10.0.0.9", 4000, 200, body));

        assertThat(Visit.of(attempt, Optional.empty()).outcome()).isEqualTo(new Visit.Unnamed(200));
    }

    private void answered(String pod) {
        tally.add(new Visit(Optional.empty(), Duration.ofMillis(1), new Visit.Answered(pod, "10.0.0.1", "10.0.0.1")));
    }

    private void refused() {
        tally.add(new Visit(Optional.empty(), Duration.ofMillis(1), new Visit.Failed(Failure.REFUSED)));
    }
}

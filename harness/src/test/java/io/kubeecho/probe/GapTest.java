package io.kubeecho.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubeecho.dial.Failure;
import io.kubeecho.probe.Observation.Unanswered;
import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class GapTest {

    @Test
    void aGapReachesFromTheEndOfTheFirstToTheStartOfTheSecondAtLeast() {
        Gap gap = Gap.between(observation("e", 100, 130), observation("e", 230, 270));
        assertThat(gap).isEqualTo(new Gap(Duration.ofNanos(100), Duration.ofNanos(170)));
    }

    @Test
    void bothLimitsAreExclusive() {
        Gap gap = new Gap(Duration.ofNanos(100), Duration.ofNanos(170));
        assertThat(gap.isWithin(Duration.ofNanos(170))).isFalse();
        assertThat(gap.isWithin(Duration.ofNanos(171))).isTrue();
        assertThat(gap.isBeyond(Duration.ofNanos(100))).isFalse();
        assertThat(gap.isBeyond(Duration.ofNanos(99))).isTrue();
    }

    @Test
    void theClockMayPassTheLargestLong() {
        Gap gap = Gap.between(
                observation("e", Long.MAX_VALUE - 20, Long.MAX_VALUE - 10),
                observation("e", Long.MIN_VALUE + 9, Long.MIN_VALUE + 19));
        assertThat(gap).isEqualTo(new Gap(Duration.ofNanos(20), Duration.ofNanos(40)));
    }

    @Test
    void connectionsOfTwoEntriesHaveNoGap() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Gap.between(observation("one", 0, 1), observation("other", 2, 3)))
                .withMessage("no gap between one and other");
    }

    /** Wherever in each connection the data plane decided, the time between lies in the gap. */
    @Property
    void theTruthLiesInTheGap(
            @ForAll @LongRange(min = 0, max = 1_000) long firstTook,
            @ForAll @LongRange(min = 0, max = 1_000) long wait,
            @ForAll @LongRange(min = 0, max = 1_000) long secondTook,
            @ForAll @LongRange(min = 0, max = 1_000) long firstPart,
            @ForAll @LongRange(min = 0, max = 1_000) long secondPart) {
        long secondStart = firstTook + wait;
        Gap gap = Gap.between(observation("e", 0, firstTook), observation("e", secondStart, secondStart + secondTook));
        long truth = secondStart + secondTook * secondPart / 1_000 - firstTook * firstPart / 1_000;
        assertThat(Duration.ofNanos(truth)).isBetween(gap.atLeast(), gap.atMost());
        assertThat(gap.isWithin(gap.atLeast())).isFalse();
    }

    private static Observation observation(String entry, long started, long ended) {
        return new Observation(entry, "client", "10.0.0.1", started, ended, new Unanswered(false, Failure.OTHER, ""));
    }
}

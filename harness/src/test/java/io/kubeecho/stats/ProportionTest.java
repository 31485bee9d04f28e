package io.kubeecho.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProportionTest {

    private static final int SIMULATIONS = 1000;

    /** Figures of R's binom.test. */
    @ParameterizedTest(name = "{0} of {1}: {2} to {3}")
    @CsvSource({
        "0, 10, 0, 0.3084971",
        "1, 10, 0.002528579, 0.4450161",
        "5, 10, 0.1870860, 0.8129140",
        "10, 10, 0.6915029, 1"
    })
    void theIntervalIsThatOfClopperAndPearson(long count, long of, double lower, double upper) {
        Proportion share = Proportion.of(count, of);
        assertThat(share.lower()).isEqualTo(lower, within(1e-6));
        assertThat(share.upper()).isEqualTo(upper, within(1e-6));
        assertThat(share.value()).isEqualTo((double) count / of);
    }

    @ParameterizedTest(name = "a share of {0}, {1} connections")
    @CsvSource({"0.01, 362", "0.01, 1836", "0.25, 100", "0.75, 40", "0.5, 1000"})
    void anIntervalCoversAtLeastAsOftenAsItSays(double truth, int of) {
        Random random = new Random(42);
        int covered = 0;
        for (int i = 0; i < SIMULATIONS; i++) {
            int count = 0;
            for (int j = 0; j < of; j++) {
                count += random.nextDouble() < truth ? 1 : 0;
            }
            Proportion share = Proportion.of(count, of);
            covered += share.lower() <= truth && truth <= share.upper() ? 1 : 0;
        }
        // 950 of 1000 with 4 standard deviations
        assertThat(covered).isGreaterThan(950 - 28);
    }

    @ParameterizedTest(name = "{0} endpoints, {1} visits, {2} ms")
    @CsvSource({"4, 400, 500", "2, 400, 500", "4, 133, 540", "10, 60, 460"})
    void theTimeoutIsInItsIntervalAtLeastAsOftenAsItSaysAndTheIntervalIsNarrow(int k, int visits, int truth) {
        Random random = new Random(42);
        int covered = 0;
        double widths = 0;
        for (int i = 0; i < SIMULATIONS; i++) {
            List<TimeoutEstimate.Visit> seen = new ArrayList<>();
            for (int v = 0; v < visits; v++) {
                double gap = 400 + 200.0 * v / visits;
                boolean moved = gap > truth && random.nextInt(k) > 0;
                seen.add(new TimeoutEstimate.Visit(
                        Duration.ofNanos((long) (gap * 1e6)), Duration.ofNanos((long) (gap * 1e6)), moved));
            }
            TimeoutEstimate estimate = TimeoutEstimate.of(seen, k, Proportion.REPORTED);
            Duration t = Duration.ofMillis(truth);
            Duration upper = estimate.atMost().orElseThrow();
            covered += estimate.atLeast().compareTo(t) <= 0 && t.compareTo(upper) <= 0 ? 1 : 0;
            widths += upper.minus(estimate.atLeast()).toNanos() / 1e6;
        }
        assertThat(covered).isGreaterThan(950 - 28);
        // a few of the steps of the grid
        assertThat(widths / SIMULATIONS).isLessThan(8 * 200.0 / visits);
    }

    @Test
    void thereIsNoShareOfNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> Proportion.of(0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Proportion.of(2, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> TimeoutEstimate.of(List.of(), 1, 0.95));
    }
}

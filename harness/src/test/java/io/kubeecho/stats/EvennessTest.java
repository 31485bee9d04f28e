package io.kubeecho.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class EvennessTest {

    @Test
    void perfectlyEvenCountsHaveNoStatisticAndAreCertain() {
        assertThat(Evenness.of(List.of(10L, 10L, 10L, 10L))).isEqualTo(new Evenness.Measured(0, 3, 1, 0));
    }

    @Test
    void twoDegreesOfFreedomFollowTheExponential() {
        // 10, 20, 30 against 20 each: (100 + 0 + 100) / 20 = 10, and for two degrees p = exp(-x/2)
        assertMeasured(List.of(10L, 20L, 30L), 10, 2, Math.exp(-5));
    }

    @Test
    void oneDegreeOfFreedomIsTheSquareOfANormal() {
        // two standard deviations: 4.55 %
        assertMeasured(List.of(40L, 60L), 4, 1, 0.0455002638963584);
    }

    @Test
    void threeDegreesOfFreedomHaveAClosedFormToo() {
        // erfc(√(x/2)) + √(2x/π) exp(-x/2) at x = 8.64
        assertMeasured(List.of(15L, 31L, 33L, 21L), 8.64, 3, 0.03448072553674872);
    }

    @Test
    void aDeadEndpointShowsAtOnce() {
        assertThat(((Evenness.Measured) Evenness.of(List.of(20L, 20L, 20L, 0L))).pValue())
                .isLessThan(1e-3);
    }

    private static void assertMeasured(List<Long> counts, double chiSquared, int degrees, double pValue) {
        assertThat(Evenness.of(counts)).isInstanceOfSatisfying(Evenness.Measured.class, m -> {
            assertThat(m.chiSquared()).isCloseTo(chiSquared, within(1e-12));
            assertThat(m.degrees()).isEqualTo(degrees);
            assertThat(m.pValue()).isCloseTo(pValue, within(1e-12));
        });
    }

    @Test
    void belowFiveExpectedPerEndpointNothingIsSaid() {
        assertThat(Evenness.of(List.of(5L, 4L))).isEqualTo(new Evenness.TooFew(4.5));
        assertThat(Evenness.of(List.of(0L, 0L, 0L))).isEqualTo(new Evenness.TooFew(0));
        assertThat(Evenness.of(List.of(10L, 0L))).isInstanceOf(Evenness.Measured.class);
    }

    @Test
    void oneEndpointCannotBeUneven() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Evenness.of(List.of(10L)))
                .withMessage("evenness compares at least two endpoints, not 1");
    }

    @Property
    void theOrderOfTheEndpointsDoesNotMatter(
            @ForAll @Size(min = 2, max = 10) List<@LongRange(min = 5, max = 500) Long> counts) {
        List<Long> shuffled = new ArrayList<>(counts);
        Collections.shuffle(shuffled, new Random(7));
        Evenness.Measured one = (Evenness.Measured) Evenness.of(counts);
        Evenness.Measured other = (Evenness.Measured) Evenness.of(shuffled);
        assertThat(other.pValue()).isCloseTo(one.pValue(), within(1e-9));
        assertThat(one.pValue()).isBetween(0.0, 1.0);
    }

    @Test
    void anEvenBalancerIsCalledUnevenAsOftenAsThePValueSays() {
        Random random = new Random(42);
        int runs = 5_000;
        int below = 0;
        for (int i = 0; i < runs; i++) {
            Long[] counts = {0L, 0L, 0L, 0L};
            for (int n = 0; n < 200; n++) {
                counts[random.nextInt(4)]++;
            }
            below += ((Evenness.Measured) Evenness.of(List.of(counts))).pValue() < 0.05 ? 1 : 0;
        }
        assertThat((double) below / runs).isCloseTo(0.05, within(0.01));
    }
}

package io.kubeecho.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.function.IntPredicate;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ThresholdsTest {

    private static final Thresholds STANDARD = Thresholds.standard();

    @ParameterizedTest(name = "k = {0}: {1} repicks")
    @CsvSource({"2, 20", "3, 13", "4, 10", "5, 9", "10, 6"})
    void theFiguresOfTheMatrixForRepicks(int endpoints, int repicks) {
        assertThat(STANDARD.repicks(endpoints).trials()).isEqualTo(repicks);
    }

    @ParameterizedTest(name = "k = {0}: {1} connections on the same pod, {1} entries that spread")
    @CsvSource({"2, 21", "3, 14", "4, 11"})
    void theFirstConnectionProvesNothingSoSamePodAndSpreadNeedOneMore(int endpoints, int trials) {
        assertThat(STANDARD.samePod(endpoints).trials()).isEqualTo(trials);
        assertThat(STANDARD.spread(endpoints).trials()).isEqualTo(trials);
    }

    @ParameterizedTest(name = "k = {0}, {1} groups: {2} connections each")
    @CsvSource({"1, 1, 1", "2, 1, 21", "3, 1, 37", "4, 1, 53", "4, 3, 57"})
    void theFiguresForAllSeen(int endpoints, int groups, int trials) {
        assertThat(STANDARD.allSeen(endpoints, groups).trials()).isEqualTo(trials);
    }

    @ParameterizedTest(name = "{0} of {1} allowed: {2} connections")
    @CsvSource({"2, 4, 20", "1, 4, 10", "3, 4, 49", "1, 2, 20"})
    void theFiguresForOnly(int allowed, int endpoints, int trials) {
        assertThat(STANDARD.only(allowed, endpoints).trials()).isEqualTo(trials);
    }

    @ParameterizedTest(name = "k = {0}: {1} attempts")
    @CsvSource({"2, 20", "4, 49"})
    void theFiguresForNoneAnswered(int endpoints, int trials) {
        assertThat(STANDARD.noneAnswered(endpoints).trials()).isEqualTo(trials);
    }

    @Test
    void theReasonNamesTheErrorTheFormulaAndTheResult() {
        Threshold threshold = STANDARD.repicks(4);
        assertThat(threshold.error()).isEqualTo(Math.pow(4, -10));
        assertThat(threshold.reason())
                .isEqualTo("entries that are picked again all return to their old pod, of 4, with k^-R: 9.5e-07 at 10");
    }

    @Property
    void samePodIsTheLeastNumberWithinTheBound(@ForAll @IntRange(min = 2, max = 50) int k, @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).samePod(k), b, n -> Math.pow(1.0 / k, n - 1));
    }

    @Property
    void spreadIsTheLeastNumberWithinTheBound(@ForAll @IntRange(min = 2, max = 50) int k, @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).spread(k), b, n -> Math.pow(1.0 / k, n - 1));
    }

    @Property
    void repicksIsTheLeastNumberWithinTheBound(@ForAll @IntRange(min = 2, max = 50) int k, @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).repicks(k), b, n -> Math.pow(1.0 / k, n));
    }

    @Property
    void allSeenIsTheLeastNumberWithinTheBound(
            @ForAll @IntRange(min = 1, max = 50) int k,
            @ForAll @IntRange(min = 1, max = 20) int groups,
            @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).allSeen(k, groups), b, n -> groups * k * Math.pow((k - 1.0) / k, n));
    }

    @Property
    void toldApartIsTheLeastNumberWithinTheBound(
            @ForAll @IntRange(min = 2, max = 50) int k,
            @ForAll @IntRange(min = 2, max = 20) int clients,
            @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).toldApart(k, clients), b, n -> Math.pow(1.0 / k, n * (clients - 1.0)));
    }

    @Test
    void aClientAloneIsNotToldApart() {
        assertThat(STANDARD.toldApart(4, 4).trials()).isEqualTo(4);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> STANDARD.toldApart(4, 1))
                .withMessage("with 1 client there is nobody to be told apart from");
    }

    @Property
    void onlyIsTheLeastNumberWithinTheBound(
            @ForAll @IntRange(min = 2, max = 50) int k,
            @ForAll @IntRange(min = 1, max = 49) int some,
            @ForAll("bounds") double b) {
        int allowed = Math.min(some, k - 1);
        assertLeast(new Thresholds(b).only(allowed, k), b, n -> Math.pow((double) allowed / k, n));
    }

    @Property
    void noneAnsweredIsTheLeastNumberWithinTheBound(
            @ForAll @IntRange(min = 2, max = 50) int k, @ForAll("bounds") double b) {
        assertLeast(new Thresholds(b).noneAnswered(k), b, n -> Math.pow((k - 1.0) / k, n));
    }

    @Provide
    Arbitrary<Double> bounds() {
        return Arbitraries.doubles().between(1e-9, 0.5).ofScale(12);
    }

    private interface Formula {
        double errorAfter(int trials);
    }

    /** Within the bound, and one fewer is not; a hair's breadth is left to rounding. */
    private static void assertLeast(Threshold threshold, double bound, Formula formula) {
        double hair = 1e-9;
        assertThat(formula.errorAfter(threshold.trials())).isLessThanOrEqualTo(bound * (1 + hair));
        assertThat(threshold.error()).isLessThanOrEqualTo(bound);
        if (threshold.trials() > 1) {
            assertThat(formula.errorAfter(threshold.trials() - 1)).isGreaterThan(bound * (1 - hair));
        }
    }

    @Property
    void moreEndpointsMakeLuckRarerAndCompletenessHarder(@ForAll @IntRange(min = 2, max = 200) int k) {
        assertThat(STANDARD.samePod(k + 1).trials())
                .isLessThanOrEqualTo(STANDARD.samePod(k).trials());
        assertThat(STANDARD.spread(k + 1).trials())
                .isLessThanOrEqualTo(STANDARD.spread(k).trials());
        assertThat(STANDARD.repicks(k + 1).trials())
                .isLessThanOrEqualTo(STANDARD.repicks(k).trials());
        assertThat(STANDARD.allSeen(k + 1, 1).trials())
                .isGreaterThan(STANDARD.allSeen(k, 1).trials());
        assertThat(STANDARD.noneAnswered(k + 1).trials())
                .isGreaterThan(STANDARD.noneAnswered(k).trials());
        assertThat(STANDARD.only(k, k + 1).trials())
                .isGreaterThan(STANDARD.only(k - 1, k + 1).trials());
    }

    @Property
    void aTighterBoundNeverNeedsFewerTrials(
            @ForAll @IntRange(min = 2, max = 20) int k,
            @ForAll("bounds") double loose,
            @ForAll @DoubleRange(min = 0.01, max = 1) double factor) {
        Thresholds looser = new Thresholds(loose);
        Thresholds tighter = new Thresholds(loose * factor);
        assertThat(tighter.samePod(k).trials())
                .isGreaterThanOrEqualTo(looser.samePod(k).trials());
        assertThat(tighter.allSeen(k, 2).trials())
                .isGreaterThanOrEqualTo(looser.allSeen(k, 2).trials());
    }

    /** A random balancer against thresholds for a bound that can be simulated: each error is as frequent as claimed. */
    @ParameterizedTest(name = "k = {0}")
    @ValueSource(ints = {2, 3, 4})
    void aRandomBalancerErrsAsOftenAsTheThresholdSays(int k) {
        Thresholds loose = new Thresholds(0.05);
        Random random = new Random(20_240_501 + k);

        Threshold samePod = loose.samePod(k);
        assertThat(frequency(run -> picks(random, k, samePod.trials()).allOnOne()))
                .as("stays on one pod by luck")
                .isCloseTo(samePod.error(), within(0.005));

        Threshold repicks = loose.repicks(k);
        assertThat(frequency(run -> picks(random, k, repicks.trials()).allOn(0)))
                .as("every repick returns to the old pod")
                .isCloseTo(repicks.error(), within(0.005));

        Threshold only = loose.only(1, k);
        assertThat(frequency(run -> picks(random, k, only.trials()).allOn(0)))
                .as("stays on the allowed pod by luck")
                .isCloseTo(only.error(), within(0.005));

        Threshold none = loose.noneAnswered(k);
        assertThat(frequency(run -> picks(random, k, none.trials()).misses(0)))
                .as("a leak of one in k is never hit")
                .isCloseTo(none.error(), within(0.005));

        Threshold allSeen = loose.allSeen(k, 1);
        assertThat(frequency(run -> picks(random, k, allSeen.trials()).missesAny()))
                .as("a correct balancer misses a pod: a union bound, so a little less than claimed")
                .isBetween(allSeen.error() * 0.8, allSeen.error() + 0.005);
    }

    private static double frequency(IntPredicate run) {
        int runs = 40_000;
        int hits = 0;
        for (int i = 0; i < runs; i++) {
            hits += run.test(i) ? 1 : 0;
        }
        return (double) hits / runs;
    }

    private static Picks picks(Random random, int k, int count) {
        int[] perPod = new int[k];
        for (int i = 0; i < count; i++) {
            perPod[random.nextInt(k)]++;
        }
        return new Picks(perPod, count);
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Picks(int[] perPod, int count) {
        boolean allOn(int pod) {
            return perPod[pod] == count;
        }

        boolean allOnOne() {
            for (int pod = 0; pod < perPod.length; pod++) {
                if (allOn(pod)) {
                    return true;
                }
            }
            return false;
        }

        boolean misses(int pod) {
            return perPod[pod] == 0;
        }

        boolean missesAny() {
            for (int pod = 0; pod < perPod.length; pod++) {
                if (misses(pod)) {
                    return true;
                }
            }
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 1.5, Double.NaN})
    void anErrorBoundLiesBetweenZeroAndOne(double bound) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Thresholds(bound))
                .withMessageContaining("between 0 and 1");
    }

    @Test
    void whereThereIsNoChoiceThereIsNoThreshold() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> STANDARD.samePod(1))
                .withMessage("with 1 endpoint there is no choice to observe");
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.spread(1));
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.repicks(1));
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.noneAnswered(1));
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.allSeen(0, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.allSeen(2, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> STANDARD.only(0, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> STANDARD.only(2, 2))
                .withMessage("only 2 of 2 endpoints forbids nothing");
    }
}

package io.kubeecho.bench.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalTest {

    /** Ranks from the tables of the sign test: W. J. Conover, Practical Nonparametric Statistics. */
    @ParameterizedTest
    @CsvSource({"5, 1, 5", "6, 1, 6", "8, 1, 8", "9, 2, 8", "10, 2, 9", "11, 2, 10", "12, 3, 10", "20, 6, 15"})
    void isBetweenTheTabulatedRanks(int n, double low, double high) {
        List<Double> ranks =
                DoubleStream.iterate(n, v -> v - 1).limit(n).boxed().toList();
        Interval interval = Interval.of(ranks);
        assertThat(interval.low()).isEqualTo(low);
        assertThat(interval.high()).isEqualTo(high);
        assertThat(interval.values()).isEqualTo(n);
    }

    @Test
    void takesTheMiddleOfAnEvenNumber() {
        assertThat(Interval.of(List.of(4.0, 1.0, 3.0, 2.0)).median()).isEqualTo(2.5);
        assertThat(Interval.of(List.of(9.0, 1.0, 2.0)).median()).isEqualTo(2.0);
    }

    @Test
    void holdsTheTrueMedianAsOftenAsItSays() {
        Random random = new Random(6);
        int held = 0;
        int trials = 20_000;
        for (int trial = 0; trial < trials; trial++) {
            List<Double> sample = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                // skewed, with a median of ln 2
                sample.add(-Math.log(1 - random.nextDouble()));
            }
            Interval interval = Interval.of(sample);
            if (interval.low() <= Math.log(2) && Math.log(2) <= interval.high()) {
                held++;
            }
        }
        // exactly 97.9 % for ten values; the standard deviation over the trials is 0.1 %
        assertThat((double) held / trials).isBetween(0.974, 0.984);
    }

    @Test
    void refusesNothing() {
        assertThatThrownBy(() -> Interval.of(List.of())).isInstanceOf(IllegalArgumentException.class);
    }
}

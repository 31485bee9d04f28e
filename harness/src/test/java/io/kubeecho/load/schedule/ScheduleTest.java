package io.kubeecho.load.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {

    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    @Test
    void regular_sends_are_computed_from_their_index_and_do_not_drift() {
        List<Long> times = all(schedule(Rate.constant(3), Arrivals.REGULAR, Long.MAX_VALUE), 1);
        assertThat(times).hasSize(30);
        assertThat(times.get(29)).isEqualTo(Math.round(29 / 3.0 * 1e9));
    }

    @Property
    void shares_of_a_regular_schedule_are_the_whole_schedule(
            @ForAll @IntRange(min = 1, max = 7) int shares, @ForAll @IntRange(min = 1, max = 500) int count) {
        Schedule schedule = schedule(Rate.constant(1000), Arrivals.REGULAR, count);
        List<Long> together = all(schedule, shares);
        assertThat(together).containsExactlyElementsOf(all(schedule, 1));
    }

    @Property(tries = 300)
    void shards_are_the_whole_schedule_together_however_many_loops_each_has(
            @ForAll Arrivals arrivals,
            @ForAll boolean ramp,
            @ForAll @IntRange(min = 1, max = 9) int shards,
            @ForAll @IntRange(min = 1, max = 4) int loops,
            @ForAll @IntRange(min = 1, max = 800) int count,
            @ForAll @DoubleRange(min = 1, max = 400) double perSecond,
            @ForAll long seed) {
        Rate rate = ramp ? Rate.ramp(perSecond / 7, perSecond, 2) : Rate.constant(perSecond);
        Schedule whole = new Schedule(rate, arrivals, Duration.ofSeconds(1), Duration.ofSeconds(2), count, seed);
        List<Long> together = new ArrayList<>();
        long counted = 0;
        for (int index = 0; index < shards; index++) {
            Schedule own = whole.of(new Shard(index, shards));
            counted += own.ownCount();
            // not all of them have the same
            List<Long> times = all(own, 1 + (loops + index) % 4);
            assertThat(times.stream().filter(t -> t >= 0).count()).isLessThanOrEqualTo(own.ownCount());
            together.addAll(times);
        }
        together.sort(null);
        assertThat(together).containsExactlyElementsOf(all(whole, 1));
        assertThat(counted).isEqualTo(count);
    }

    @Test
    void a_shard_is_written_as_one_of_several() {
        assertThat(Shard.of("2/3")).isEqualTo(new Shard(1, 3));
        assertThat(new Shard(1, 3).text()).isEqualTo("2/3");
        assertThat(new Shard(1, 3).of(List.of(0, 1, 2, 3, 4, 5, 6, 7))).containsExactly(1, 4, 7);
        assertThat(new Shard(1, 3).of(8L)).isEqualTo(3);
        assertThat(new Shard(2, 3).of(8L)).isEqualTo(2);
        for (String wrong : List.of("0/3", "4/3", "1/0", "1/1001", "1", "a/b", "-1/3", "1/3/5")) {
            assertThatThrownBy(() -> Shard.of(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Property
    void a_ramps_sends_and_times_are_inverse_to_each_other(
            @ForAll @DoubleRange(min = 0, max = 1e4) double from,
            @ForAll @DoubleRange(min = 1, max = 1e4) double to,
            @ForAll @DoubleRange(min = 0.1, max = 100) double seconds,
            @ForAll @DoubleRange(min = 0, max = 1.5) double at) {
        Rate ramp = Rate.ramp(from, to, seconds);
        double sends = ramp.sendsIn(at * seconds);
        assertThat(ramp.sendsIn(ramp.secondsUntil(sends))).isCloseTo(sends, within(1e-6 * Math.max(1, sends)));
    }

    @Test
    void a_ramp_to_nothing_ends() {
        Rate ramp = Rate.ramp(10, 0, 1);
        assertThat(ramp.secondsUntil(5)).isCloseTo(1, within(1e-9));
        assertThat(ramp.secondsUntil(6)).isInfinite();
    }

    @Test
    void a_count_ends_a_schedule_before_its_time() {
        assertThat(all(schedule(Rate.constant(1000), Arrivals.REGULAR, 10), 3)).hasSize(10);
    }

    @Test
    void warm_up_lies_before_the_start() {
        Schedule schedule =
                new Schedule(Rate.constant(10), Arrivals.REGULAR, Duration.ofSeconds(1), Duration.ofSeconds(1), 100, 1);
        List<Long> times = all(schedule, 1);
        assertThat(times).hasSize(20).isSorted();
        assertThat(times.get(0)).isEqualTo(-1_000_000_000L);
        assertThat(times.get(10)).isZero();
    }

    @Test
    void poisson_gaps_are_exponential_by_kolmogorov_and_smirnov() {
        List<Long> times = all(schedule(Rate.constant(2000), Arrivals.POISSON, Long.MAX_VALUE), 1);
        assertThat(kolmogorovSmirnov(gaps(times), 2000)).isLessThan(critical(times.size() - 1));
    }

    @Test
    void shares_of_a_poisson_schedule_make_a_poisson_process_together() {
        List<Long> times = all(schedule(Rate.constant(2000), Arrivals.POISSON, Long.MAX_VALUE), 4);
        assertThat(times.size()).isBetween(19_000, 21_000);
        assertThat(kolmogorovSmirnov(gaps(times), 2000)).isLessThan(critical(times.size() - 1));
    }

    @Test
    void regular_gaps_are_not_exponential() {
        List<Long> times = all(schedule(Rate.constant(2000), Arrivals.REGULAR, Long.MAX_VALUE), 1);
        assertThat(kolmogorovSmirnov(gaps(times), 2000)).isGreaterThan(critical(times.size() - 1));
    }

    @Test
    void the_sends_of_a_poisson_ramp_are_uniform_in_the_ramps_own_time() {
        Rate ramp = Rate.ramp(100, 3000, 10);
        List<Long> times = all(schedule(ramp, Arrivals.POISSON, Long.MAX_VALUE), 1);
        double[] places = times.stream()
                .mapToDouble(t -> ramp.sendsIn(t / 1e9) / ramp.sendsIn(10))
                .toArray();
        assertThat(distance(places, x -> x)).isLessThan(critical(places.length));
    }

    @Test
    void the_same_seed_gives_the_same_times() {
        Schedule schedule = schedule(Rate.constant(500), Arrivals.POISSON, 1000);
        assertThat(all(schedule, 3)).isEqualTo(all(schedule, 3));
    }

    @Test
    void impossible_rates_and_times_are_refused() {
        assertThatThrownBy(() -> Rate.constant(0)).hasMessage("a rate of 0 sends nothing");
        assertThatThrownBy(() -> Rate.constant(-1)).hasMessageContaining("between 0 and 10 million");
        assertThatThrownBy(() -> Rate.ramp(0, 0, 1)).hasMessageContaining("sends nothing");
        assertThatThrownBy(() -> schedule(Rate.constant(1), Arrivals.REGULAR, 0))
                .hasMessageContaining("at least one");
    }

    private static Schedule schedule(Rate rate, Arrivals arrivals, long count) {
        return new Schedule(rate, arrivals, Duration.ZERO, TEN_SECONDS, count, 42);
    }

    private static List<Long> all(Schedule schedule, int shares) {
        List<Long> times = new ArrayList<>();
        for (int share = 0; share < shares; share++) {
            SendTimes own = schedule.share(share, shares);
            for (long t = own.next(); t != SendTimes.NONE; t = own.next()) {
                times.add(t);
            }
        }
        times.sort(null);
        return times;
    }

    private static double[] gaps(List<Long> times) {
        double[] gaps = new double[times.size() - 1];
        for (int i = 0; i < gaps.length; i++) {
            gaps[i] = (times.get(i + 1) - times.get(i)) / 1e9;
        }
        return gaps;
    }

    private static double kolmogorovSmirnov(double[] gaps, double rate) {
        return distance(gaps, gap -> 1 - Math.exp(-rate * gap));
    }

    /** The largest distance between the empirical distribution and the expected one. */
    private static double distance(double[] values, java.util.function.DoubleUnaryOperator expected) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        double largest = 0;
        for (int i = 0; i < sorted.length; i++) {
            double f = expected.applyAsDouble(sorted[i]);
            largest = Math.max(largest, Math.max(f - i / (double) sorted.length, (i + 1) / (double) sorted.length - f));
        }
        return largest;
    }

    /** At the 1 % level; the seed is fixed, so that a pass is a pass for ever. */
    private static double critical(int n) {
        return 1.628 / Math.sqrt(n);
    }

    @ParameterizedTest
    @CsvSource({
        "0.5, 2, 60, 4000000000",
        "400, 500, 10, 1250000000",
        "400, 5000, 10, 10000000000",
        "1, 1, 10, 1000000000",
        "0.1, 5, 10, 10000000000",
    })
    void a_send_stands_for_the_time_until_the_next_one(double rate, long count, long seconds, long endNanos) {
        Schedule whole = new Schedule(
                Rate.constant(rate), Arrivals.REGULAR, Duration.ZERO, Duration.ofSeconds(seconds), count, 1);
        assertThat(whole.endNanos()).isEqualTo(endNanos);
        assertThat(whole.of(new Shard(1, 3)).endNanos()).isEqualTo(endNanos);
    }

    @Test
    void random_sends_end_when_one_more_would_have_been_due() {
        Schedule more =
                new Schedule(Rate.constant(100), Arrivals.POISSON, Duration.ZERO, Duration.ofSeconds(100), 51, 7);
        SendTimes times = more.share(0, 1);
        long last = 0;
        for (int i = 0; i < 51; i++) {
            last = times.next();
        }
        Schedule fifty =
                new Schedule(Rate.constant(100), Arrivals.POISSON, Duration.ZERO, Duration.ofSeconds(100), 50, 7);
        assertThat(fifty.endNanos()).isEqualTo(last);
    }
}

package io.kubeecho.load.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kubeecho.load.connection.ErrorKind;
import java.util.List;
import java.util.Locale;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectiveTest {

    @Test
    void a_list_is_read_in_its_order_with_spaces_anywhere() {
        assertThat(Objective.parse(" p99 < 50ms, errors<0.1 %,affinity.violations == 0 "))
                .extracting(Objective::text)
                .containsExactly("p99<50ms", "errors<0.1%", "affinity.violations==0");
    }

    @ParameterizedTest
    @CsvSource({
        "p99<50ms, TIME, 50000000",
        "service.p99.9<=1.5s, TIME, 1500000000",
        "max<900us, TIME, 900000",
        "mean<3µs, TIME, 3000",
        "gap<500ms, TIME, 500000000",
        "lag.p99<5ms, TIME, 5000000",
        "errors<0.1%, SHARE, 0.001",
        "errors==0, NUMBER, 0",
        "errors.reset-in-answer<3, NUMBER, 3",
        "errors.http-5xx<1%, SHARE, 0.01",
        "rate>=990/s, RATE, 990",
        "rate>990, RATE, 990",
        "pods>=3, NUMBER, 3",
        "affinity.violations==0, NUMBER, 0",
        "affinity.endpoint-gone<=5, NUMBER, 5",
        "affinity.moves!=0, NUMBER, 0",
        "evenness.v<0.1, NUMBER, 0.1",
        "evenness.p>0.001, NUMBER, 0.001",
        "source.preserved>=100%, SHARE, 1",
        "connections>100, NUMBER, 100",
        "rollout.errors==0, NUMBER, 0",
        "rollout.errors<0.1%, SHARE, 0.001",
        "rollout.stale<2s, TIME, 2000000000",
        "rollout.stale-connections<5, NUMBER, 5",
        "rollout.stale-answers<5, NUMBER, 5",
        "rollout.changes>0, NUMBER, 0",
    })
    void each_measure_has_its_unit(String text, Measure.Unit unit, double wanted) {
        Objective objective = Objective.parse(text).get(0);
        assertThat(objective.measure().unit()).isEqualTo(unit);
        assertThat(objective.wanted()).isCloseTo(wanted, within(1e-9 * Math.max(1, wanted)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | it is empty",
                "p99<50ms, | it is empty",
                "<50ms | does not begin with the name of a measure",
                "p99 | comes none of <, <=, >, >=, ==, !=",
                "p99=50ms | comes none of",
                "p99<50 | p99 is a time; write one such as 50ms",
                "p99<fast | 'fast' is not a number",
                "p99<-5ms | '-5ms' is not a number",
                "p101<5ms | 'p101' is not measured; there is p50",
                "latency<5ms | 'latency' is not measured; there is p50",
                "errors.teapot<1 | 'teapot' is not a kind of error; there is refused",
                "pods>=3ms | pods is a number; write it without a unit",
                "rate>5% | rate is a rate",
                "source.preserved>1 | is a share; write a percentage",
                "p99<50ms p90<5ms | is not a number",
                "rollout.luck<1 | 'rollout.luck' is not measured",
            })
    void what_is_not_understood_says_which_and_why(String list, String why) {
        assertThatThrownBy(() -> Objective.parse(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("the objective '")
                .hasMessageContaining(why);
    }

    @Property
    void any_objective_is_read_as_it_is_written(
            @ForAll("names") String name,
            @ForAll Comparison comparison,
            @ForAll @IntRange(max = 1_000_000) int number) {
        Objective objective =
                Objective.parse(name + comparison.sign() + number + "ms").get(0);
        assertThat(objective.measure().name()).isEqualTo(name);
        assertThat(objective.comparison()).isEqualTo(comparison);
        assertThat(objective.wanted()).isEqualTo(number * 1e6);
    }

    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> percentiles =
                Arbitraries.doubles().between(0, 99.99).ofScale(2).map(p -> String.format(Locale.ROOT, "p%.2f", p));
        return Arbitraries.oneOf(
                percentiles, percentiles.map(p -> "service." + p), Arbitraries.of("max", "mean", "gap", "lag.p99"));
    }

    @Property
    void nothing_but_an_argument_error_comes_of_any_text(@ForAll String text) {
        try {
            assertThat(Objective.parse(text)).isNotEmpty();
        } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageStartingWith("the objective '");
        }
    }

    @Property
    void comparisons_are_those_of_arithmetic(@ForAll int a, @ForAll int b) {
        assertThat(Comparison.BELOW.holds(a, b)).isEqualTo(a < b);
        assertThat(Comparison.AT_MOST.holds(a, b)).isEqualTo(a <= b);
        assertThat(Comparison.ABOVE.holds(a, b)).isEqualTo(a > b);
        assertThat(Comparison.AT_LEAST.holds(a, b)).isEqualTo(a >= b);
        assertThat(Comparison.EQUAL.holds(a, b)).isEqualTo(a == b);
        assertThat(Comparison.OTHER_THAN.holds(a, b)).isEqualTo(a != b);
    }

    @Test
    void only_what_a_slow_generator_can_spoil_is_affected_by_pace() {
        List<Objective> all =
                Objective.parse("p99<1s,errors<1%,rate>1,affinity.violations==0,pods>1,source.preserved>=1%");
        assertThat(all)
                .extracting(o -> o.measure().affectedByPace())
                .containsExactly(true, true, true, false, false, false);
    }

    @Test
    void every_kind_of_error_can_be_an_objective() {
        for (ErrorKind kind : ErrorKind.values()) {
            assertThat(Objective.parse("errors." + kind.text() + "==0")).hasSize(1);
        }
    }
}

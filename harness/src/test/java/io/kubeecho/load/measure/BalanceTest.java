package io.kubeecho.load.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BalanceTest {

    @Test
    void all_on_one_pod_is_the_most_uneven() {
        Balance.Measured m =
                (Balance.Measured) Balance.of(Balance.Draw.CONNECTION, List.of(30L, 0L, 0L), Optional.empty());
        assertThat(m.cramersV()).isCloseTo(1, within(1e-9));
        assertThat(m.maxToMin()).isInfinite();
    }

    @Test
    void the_same_on_each_is_even() {
        Balance.Measured m =
                (Balance.Measured) Balance.of(Balance.Draw.CONNECTION, List.of(10L, 10L), Optional.empty());
        assertThat(m.cramersV()).isZero();
        assertThat(m.test().pValue()).isEqualTo(1);
    }

    @Test
    void few_connections_are_refused() {
        assertThat(Balance.of(Balance.Draw.CONNECTION, List.of(4L, 5L), Optional.empty()))
                .isEqualTo(
                        new Balance.Refused("9 connections to 2 pods are too few: 4.5 expected for each, χ² needs 5"));
        assertThat(Balance.of(Balance.Draw.CONNECTION, List.of(400L), Optional.empty()))
                .isInstanceOf(Balance.Refused.class);
    }

    @Test
    void a_pod_that_was_never_seen_counts_where_it_is_known_of() {
        Balance.Measured m = (Balance.Measured) Balance.of(Balance.Draw.CONNECTION, List.of(10L, 10L), Optional.of(3));
        assertThat(m.test().degrees()).isEqualTo(2);
        assertThat(m.test().pValue()).isLessThan(0.01);
    }
}

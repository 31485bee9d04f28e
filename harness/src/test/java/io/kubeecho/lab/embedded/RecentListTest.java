package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class RecentListTest {

    private static final Duration TIMEOUT = Duration.ofNanos(1_000);

    private final RecentList list = new RecentList();

    @Test
    void anAddressIsRememberedForTheTimeoutAndNotANanosecondLonger() {
        list.set("a", 0);
        assertThat(list.check("a", TIMEOUT, 1_000)).isTrue();
        assertThat(list.check("a", TIMEOUT, 1_001)).isFalse();
    }

    @Test
    void lookingDoesNotRefresh() {
        list.set("a", 0);
        assertThat(list.check("a", TIMEOUT, 900)).isTrue();
        assertThat(list.check("a", TIMEOUT, 1_800)).isFalse();
    }

    @Test
    void theClockMayPassTheLargestLong() {
        list.set("a", Long.MAX_VALUE - 100);
        assertThat(list.check("a", TIMEOUT, Long.MIN_VALUE + 100)).isTrue();
        assertThat(list.check("a", TIMEOUT, Long.MIN_VALUE + 2_000)).isFalse();
    }

    @Test
    void itHoldsAHundredAddressesAndThenForgetsTheOneNotSeenForLongest() {
        for (int i = 0; i < RecentList.CAPACITY; i++) {
            list.set("address-" + i, i);
        }
        list.set("address-0", 100);
        list.set("one too many", 101);
        assertThat(RecentList.CAPACITY).isEqualTo(100);
        assertThat(list.check("address-0", TIMEOUT, 101)).isTrue();
        assertThat(list.check("address-1", TIMEOUT, 101)).isFalse();
        assertThat(list.check("address-2", TIMEOUT, 101)).isTrue();
        assertThat(list.check("one too many", TIMEOUT, 101)).isTrue();
    }

    /** One step of a history: time passes, then an address connects. */
    record Step(int address, int pause, boolean stamps) {}

    @Property(tries = 300)
    void itAnswersAsAListKeptTheSlowWayDoes(@ForAll("histories") List<Step> history) {
        RecentList tested = new RecentList();
        Naive naive = new Naive();
        long now = 0;
        for (Step step : history) {
            now += step.pause();
            String address = "address-" + step.address();
            assertThat(tested.check(address, TIMEOUT, now)).isEqualTo(naive.check(address, now));
            if (step.stamps()) {
                tested.set(address, now);
                naive.set(address, now);
            }
        }
    }

    @Provide
    Arbitrary<List<Step>> histories() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 130),
                        // mostly short, so that the list fills up; at times long enough to expire some
                        Arbitraries.frequencyOf(
                                net.jqwik.api.Tuple.of(
                                        20, Arbitraries.integers().between(0, 5)),
                                net.jqwik.api.Tuple.of(1, Arbitraries.integers().between(300, 1_200))),
                        Arbitraries.of(true, true, true, false))
                .as(Step::new)
                .list()
                .ofMinSize(50)
                .ofMaxSize(600);
    }

    /** Every stamp there ever was, in order. */
    private static final class Naive {
        private record Stamp(String address, long at, int order) {}

        private final List<Stamp> stamps = new ArrayList<>();
        private int order;

        boolean check(String address, long now) {
            stamps.removeIf(s -> now - s.at() > TIMEOUT.toNanos());
            return stamps.stream().anyMatch(s -> s.address().equals(address));
        }

        void set(String address, long now) {
            stamps.removeIf(s -> s.address().equals(address));
            stamps.add(new Stamp(address, now, order++));
            if (stamps.size() > 100) {
                stamps.remove(
                        stamps.stream().min(Comparator.comparing(Stamp::order)).orElseThrow());
            }
        }
    }
}

package io.kubeecho.echo.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultsTest {

    private static final Optional<Fault> UNAVAILABLE = Optional.of(new Fault.Answered(503));

    private static Controls controls(String setting) {
        return ((Reading.Read) new ControlReader(Caps.defaults()).read(Asked.ofSetting(setting))).controls();
    }

    private static List<Boolean> fails(Faults faults, String setting, int requests) {
        Controls controls = controls(setting);
        List<Boolean> fails = new ArrayList<>();
        for (int i = 0; i < requests; i++) {
            fails.add(faults.next(controls).isPresent());
        }
        return fails;
    }

    @Test
    void aFaultAloneIsForEveryRequest() {
        Faults faults = new Faults(1);
        assertThat(faults.next(controls("fault=reset"))).hasValue(new Fault.Reset());
        assertThat(faults.next(controls("fault=close"))).hasValue(new Fault.Closed());
        assertThat(faults.next(controls("status=500"))).isEmpty();
    }

    @Test
    void theFirstOfAKeyFailAndThenNoneDoes() {
        Faults faults = new Faults(1);
        assertThat(fails(faults, "fail-first=2&key=a", 5)).containsExactly(true, true, false, false, false);
        assertThat(fails(faults, "fail-first=2&key=a", 1)).containsExactly(false);
        assertThat(fails(faults, "fail-first=2&key=b", 3)).containsExactly(true, true, false);
        assertThat(faults.next(controls("fail-first=1&key=c"))).isEqualTo(UNAVAILABLE);
        assertThat(faults.next(controls("fail-first=1&key=d&fault=close"))).hasValue(new Fault.Closed());
    }

    @Test
    void theSameSeedLetsTheSameRequestsFail() {
        List<Boolean> once = fails(new Faults(1), "fault-rate=0.3&seed=42", 200);

        assertThat(fails(new Faults(2), "fault-rate=0.3&seed=42", 200)).isEqualTo(once);
        assertThat(fails(new Faults(1), "fault-rate=0.3&seed=43", 200)).isNotEqualTo(once);
        assertThat(fails(new Faults(1), "fault-rate=0.3", 200)).isNotEqualTo(once);
    }

    @Test
    void keysDoNotDisturbEachOther() {
        Faults faults = new Faults(1);
        List<Boolean> alone = fails(new Faults(1), "fault-rate=0.5&seed=9&key=a", 100);
        Controls other = controls("fault-rate=0.5&seed=9&key=b");
        Controls mine = controls("fault-rate=0.5&seed=9&key=a");

        List<Boolean> mixed = IntStream.range(0, 100)
                .mapToObj(i -> {
                    var unused = faults.next(other);
                    return faults.next(mine).isPresent();
                })
                .toList();
        assertThat(mixed).isEqualTo(alone);
    }

    @Test
    void asManyFailAsTheRateSays() {
        // of 100,000 at 0.1 the standard deviation is 95; the seed is fixed, so this passes always or never
        long failed = fails(new Faults(1), "fault-rate=0.1&seed=7", 100_000).stream()
                .filter(fails -> fails)
                .count();
        assertThat(failed).isBetween(9_620L, 10_380L);
        assertThat(fails(new Faults(1), "fault-rate=0", 1000)).doesNotContain(true);
        assertThat(fails(new Faults(1), "fault-rate=1", 1000)).doesNotContain(false);
    }

    @Test
    void onlySoManyKeysAreRemembered() {
        Faults faults = new Faults(1);
        assertThat(fails(faults, "fail-first=1&key=old", 2)).containsExactly(true, false);
        for (int i = 0; i < Faults.MOST_KEYS; i++) {
            assertThat(fails(faults, "fail-first=1&key=k" + i, 1)).containsExactly(true);
        }
        assertThat(fails(faults, "fail-first=1&key=old", 1)).containsExactly(true);
        assertThat(fails(faults, "fail-first=1&key=k" + (Faults.MOST_KEYS - 1), 1))
                .containsExactly(false);
    }
}

package io.kubeecho.echo.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MishapsTest {

    @Test
    void thousandsAreOneShortLineAndAllAreCounted() {
        List<String> lines = new ArrayList<>();
        Mishaps mishaps = new Mishaps(new ErrorLog(lines::add));

        for (int i = 0; i < 5000; i++) {
            mishaps.count(new IllegalStateException("client said \n" + "x".repeat(5000)));
        }

        assertThat(mishaps.total()).isEqualTo(5000);
        assertThat(lines).hasSize(1);
        assertThat(lines.get(0)).hasSizeLessThanOrEqualTo(ErrorLog.LONGEST_LINE).matches("[ -~]*");
    }

    @Test
    void aFailureThatCannotBeToldIsCountedAllTheSame() {
        Mishaps mishaps = new Mishaps(new ErrorLog(line -> {
            throw new OutOfMemoryError("test");
        }));

        mishaps.count(new OutOfMemoryError("first"));

        assertThat(mishaps.total()).isEqualTo(1);
    }
}

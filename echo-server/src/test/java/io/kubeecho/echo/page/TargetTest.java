package io.kubeecho.echo.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTest {

    @Test
    void aTargetHasALabelAHostAndAPort() {
        assertThat(Target.list("ClientIP 10 s=echo.demo:8080, None = 10.96.0.7 "))
                .containsExactly(new Target("ClientIP 10 s", "echo.demo", 8080), new Target("None", "10.96.0.7", 80));
    }

    @Test
    void theAddressIsTheLabelOfOneWithout() {
        assertThat(Target.list("echo,[fd00::1]:81"))
                .containsExactly(new Target("echo:80", "echo", 80), new Target("[fd00::1]:81", "fd00::1", 81));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a=b,",
                "=echo",
                "a=",
                "a=http://echo/",
                "a=echo/path",
                "a=user@echo",
                "a=echo:0",
                "a=echo:65536",
                "a=echo:http",
                "a=[echo]:80",
                "a=[::1]]",
                "a=ec ho",
                "a=b,a=c",
                "a label of more than forty characters is one too long=echo"
            })
    void refusesWhatIsNone(String setting) {
        assertThatThrownBy(() -> Target.list(setting)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void thereAreAtMostEight() {
        assertThat(Target.list(hosts(8))).hasSize(8);
        assertThatThrownBy(() -> Target.list(hosts(9))).hasMessageContaining("at most 8");
    }

    private static String hosts(int number) {
        return IntStream.range(0, number).mapToObj(i -> "echo-" + i).collect(Collectors.joining(","));
    }
}

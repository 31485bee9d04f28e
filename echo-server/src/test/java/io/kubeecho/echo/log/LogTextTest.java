package io.kubeecho.echo.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.kubeecho.echo.bytes.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LogTextTest {

    @ParameterizedTest
    @MethodSource
    void escapes(String text, String logged) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        ByteSink line = new ByteSink(1);
        LogText.append(line, bytes, 0, bytes.length);
        assertThat(line).hasToString(logged);
    }

    static Stream<Arguments> escapes() {
        return Stream.of(
                arguments("plain", "plain"),
                arguments("a\"b", "a\\x22b"),
                arguments("a\\b", "a\\x5Cb"),
                arguments("\u00e9", "\\xE9"),
                arguments("\u007f", "\\x7F"),
                arguments("a\nb", "a\\x0Ab"),
                arguments("\u001b[31m", "\\x1B[31m"));
    }

    @Property
    void nothingAClientSendsCanEndAFieldOrALine(@ForAll byte[] bytes) {
        ByteSink line = new ByteSink(1);
        LogText.append(line, bytes, 0, bytes.length);
        assertThat(line.toString()).matches("([ -~&&[^\"\\\\]]|\\\\x[0-9A-F]{2})*");
    }
}

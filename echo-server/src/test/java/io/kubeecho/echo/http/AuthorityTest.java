package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorityTest {

    @ParameterizedTest
    @CsvSource({"a,a", "a:80,a", "a.,a", "a.:80,a", "[::1],[::1]", "[::1]:80,[::1]", "[::1,[::1", ".a,.a", "a:x,a"})
    void endsBeforePortAndTrailingDot(String authority, String host) {
        byte[] bytes = ("<" + authority + ">").getBytes(StandardCharsets.ISO_8859_1);
        int end = Authority.hostEnd(bytes, 1, bytes.length - 1);
        assertThat(new String(bytes, 1, end - 1, StandardCharsets.ISO_8859_1)).isEqualTo(host);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", ":80", "a..b", "a/b", "a b", "a\tb", "a\u007f", "a:1..2"})
    void isInvalid(String authority) {
        byte[] bytes = authority.getBytes(StandardCharsets.ISO_8859_1);
        assertThat(Authority.hostEnd(bytes, 0, bytes.length)).isEqualTo(Authority.INVALID);
    }
}

package io.kubeecho.probe;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EchoLineTest {

    @Test
    void theLineOfThePublishedImageIsUnderstood() {
        assertThat(EchoLine.parse(
                        "Host=echo.example  Path=/a?b=c  From=echo-0  ClientIP=10.0.0.7  XFF=203.0.113.1, 10.0.0.1"))
                .contains(new EchoLine("echo.example", "/a?b=c", "echo-0", "10.0.0.7", "203.0.113.1, 10.0.0.1"));
    }

    @Test
    void anIpv6PeerAndAnEmptyHostAreUnderstood() {
        assertThat(EchoLine.parse("Host=  Path=/  From=echo-0  ClientIP=fd00::7  XFF="))
                .contains(new EchoLine("", "/", "echo-0", "fd00::7", ""));
    }

    @Test
    void aPathCannotPassItselfOffAsTheFieldsAfterIt() {
        assertThat(EchoLine.parse(
                        "Host=h  Path=/  From=evil  ClientIP=6.6.6.6  XFF=  From=echo-0  ClientIP=10.0.0.7  XFF="))
                .map(EchoLine::from)
                .contains("echo-0");
    }

    @Property
    void whatAPodWritesIsReadBack(@ForAll("lines") EchoLine line) {
        assertThat(EchoLine.parse(written(line))).contains(line);
    }

    @Property
    void aLineWithAnythingBeforeItIsNone(@ForAll("lines") EchoLine line, @ForAll("texts") String before) {
        assertThat(EchoLine.parse("x" + before + written(line))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "hello",
                "<html><body>404 page not found</body></html>",
                "Host=h Path=/ From=f ClientIP=1.2.3.4 XFF=",
                "Host=h  Path=/  From=  ClientIP=1.2.3.4  XFF=",
                "Host=h  Path=/  From=f  ClientIP=  XFF=",
                "Host=h  Path=/  From=f  ClientIP=1.2.3.4",
                "Host=a b  Path=/  From=f  ClientIP=1.2.3.4  XFF=",
                "host=h  path=/  from=f  clientip=1.2.3.4  xff=",
                "Host=h  Path=/  From=f  ClientIP=1.2.3.4  XFF=\nHost=h  Path=/  From=f  ClientIP=1.2.3.4  XFF="
            })
    void anythingElseIsNoEchoLine(String answer) {
        assertThat(EchoLine.parse(answer)).isEmpty();
    }

    private static String written(EchoLine line) {
        return "Host=%s  Path=%s  From=%s  ClientIP=%s  XFF=%s"
                .formatted(line.host(), line.path(), line.from(), line.clientIp(), line.xff());
    }

    @Provide
    Arbitrary<EchoLine> lines() {
        Arbitrary<String> words =
                Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(20);
        Arbitrary<String> hosts = Arbitraries.oneOf(Arbitraries.just(""), words);
        Arbitrary<String> forwarded = texts().filter(xff -> !xff.contains("  From="));
        return Combinators.combine(hosts, texts(), words, words, forwarded).as(EchoLine::new);
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> plain = Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(30);
        return Arbitraries.oneOf(plain, plain.map(p -> p + "  From=x  ClientIP=y  XFF=" + p), plain.map(p -> p + "  "));
    }
}

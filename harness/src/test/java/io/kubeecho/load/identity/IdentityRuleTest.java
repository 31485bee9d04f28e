package io.kubeecho.load.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityRuleTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Host=a  Path=/  From=echo-7c9-x2  ClientIP=10.1.2.3  XFF=\\n | echo-7c9-x2 | 10.1.2.3",
                "{\"host\":\"a\",\"from\":\"echo-1\",\"clientIp\":\"10.1.2.3\"} | echo-1 | 10.1.2.3",
                "{\"request\":{\"host\":\"a\"},\"client\":{\"address\":\"10.1.2.3\"},\"server\":{\"hostname\":\"h\",\"pod\":\"echo-3\"}}"
                        + " | echo-3 | 10.1.2.3",
                "{\"client\":{\"address\":\"fd00::3\"},\"server\":{\"hostname\":\"echo-4\",\"pod\":null}} | echo-4 | fd00::3",
                "{\"os\":{\"hostname\":\"echo-2\"},\"ip\":\"::ffff:10.1.2.3\"} | echo-2 | ::ffff:10.1.2.3",
                "{\"hostname\":\"podinfo-5d\",\"version\":\"6\"} | podinfo-5d | ``",
                "Hostname: whoami-6d\\nIP: 127.0.0.1\\nRemoteAddr: 10.1.2.3:4711\\nGET / HTTP/1.1 | whoami-6d | 10.1.2.3",
                "Hello, world!\\nVersion: 1.0.0\\nHostname: hello-app-1 | hello-app-1 | ``",
                "Server address: 10.0.0.1:80\\nServer name: hello-2\\nURI: / | hello-2 | ``",
                "10.1.2.3:4711 | `` | 10.1.2.3",
                "[fd00::3]:4711 | `` | fd00::3",
                "netexec-5f6 | netexec-5f6 | ``",
            })
    void auto_understands_what_backends_say(String body, String pod, String seen) {
        assertThat(IdentityRule.auto().read(body.replace("\\n", "\n"), "")).contains(new Identity(pod, seen));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "ok", "Welcome to nginx!", "<html><body>x-1</body></html>", "{}", "{\"a\":[1", "NOW: 2026"})
    void auto_does_not_guess(String body) {
        assertThat(IdentityRule.auto().read(body, "")).isEmpty();
    }

    @Test
    void a_header_names_the_pod() {
        IdentityRule rule = IdentityRule.of("header:X-Pod");
        assertThat(rule.header()).contains("x-pod");
        assertThat(rule.read("whatever", " pod-1 ")).contains(new Identity("pod-1", ""));
        assertThat(rule.read("whatever", "")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "regex:served by (\\S+) | pod-3 | ''",
                "regex:pod-\\d | pod-3 | ''",
                "regex:by (?<pod>\\S+) for (?<client>\\S+) | pod-3 | 10.9.8.7",
                "regex:for (?<client>\\S+) | '' | 10.9.8.7",
            })
    void an_expression_finds_the_pod_and_the_client(String rule, String pod, String client) {
        assertThat(IdentityRule.of(rule).read("served by pod-3 for 10.9.8.7", ""))
                .contains(new Identity(pod, client));
    }

    @Test
    void an_unknown_rule_is_refused_with_those_there_are() {
        assertThatThrownBy(() -> IdentityRule.of("hostname"))
                .hasMessage(
                        "unknown identity 'hostname'; there is auto, none, echo-line, json, whoami, agnhost-clientip,"
                                + " agnhost-hostname, header:NAME and regex:EXPRESSION");
        assertThatThrownBy(() -> IdentityRule.of("regex:(")).hasMessageContaining("is not a regular expression");
    }

    @Property
    void auto_never_fails_whatever_comes(@ForAll String body) {
        assertThat(IdentityRule.auto().read(body, "")).isNotNull();
    }

    @Property
    void a_memo_says_what_the_rule_says(
            @ForAll java.util.List<@net.jqwik.api.constraints.StringLength(max = 3) String> bodies) {
        IdentityRule rule = (body, header) -> body.isEmpty() ? Optional.empty() : Optional.of(new Identity(body, ""));
        IdentityMemo memo = new IdentityMemo(rule);
        for (String body : bodies) {
            byte[] bytes = ("[" + body + "]").getBytes(StandardCharsets.UTF_8);
            String inside = new String(bytes, 1, bytes.length - 2, StandardCharsets.UTF_8);
            assertThat(memo.read(bytes, 1, bytes.length - 1, bytes, 0, 0))
                    .isEqualTo(rule.read(inside, "").orElse(Identity.UNKNOWN));
        }
    }

    @Test
    void a_memo_reads_the_same_answer_once() {
        AtomicInteger reads = new AtomicInteger();
        IdentityMemo memo = new IdentityMemo((body, header) -> {
            reads.incrementAndGet();
            return Optional.of(new Identity(body, ""));
        });
        byte[] bytes = "pod-1".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 5; i++) {
            memo.read(bytes, 0, 5, bytes, 0, 0);
        }
        assertThat(reads).hasValue(1);
    }
}

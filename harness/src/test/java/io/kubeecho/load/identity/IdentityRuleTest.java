package io.kubeecho.load.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
        IdentityMemo memo = new IdentityMemo(rule, new Roster());
        for (String body : bodies) {
            byte[] bytes = ("[" + body + "]").getBytes(StandardCharsets.UTF_8);
            String inside = new String(bytes, 1, bytes.length - 2, StandardCharsets.UTF_8);
            assertThat(memo.read(bytes, 1, bytes.length - 1, bytes, 0, 0))
                    .isEqualTo(rule.read(inside, "").map(new Roster()::admit).orElse(Identity.UNKNOWN));
        }
    }

    @Test
    void a_memo_reads_the_same_answer_once() {
        AtomicInteger reads = new AtomicInteger();
        IdentityMemo memo = new IdentityMemo(
                (body, header) -> {
                    reads.incrementAndGet();
                    return Optional.of(new Identity(body, ""));
                },
                new Roster());
        byte[] bytes = "pod-1".getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < 5; i++) {
            memo.read(bytes, 0, 5, bytes, 0, 0);
        }
        assertThat(reads).hasValue(1);
    }

    /** Each made an expression of the JDK's quadratic, or overflow the stack. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "\n ",
                "hostname",
                "hostname: ",
                "hostname:\n",
                "a-",
                "[0:",
                "1.",
                "Host=a  Path=",
                "  From=",
                "{",
                "[",
                "{\"a\":"
            })
    @Timeout(10)
    void an_answer_of_any_kind_is_read_in_a_time_linear_in_its_length(String again) {
        String body = again.repeat(16 * 1024 / again.length());
        for (int i = 0; i < 20; i++) {
            assertThat(IdentityRule.auto().read(body + "!", "")).isEmpty();
            assertThat(IdentityRule.of("regex:^(?P<pod>(\\s|a|b)*)*x$").read(body, ""))
                    .isEmpty();
        }
    }

    @Test
    void an_expression_that_only_backtracking_can_do_is_refused_in_a_line() {
        assertThatThrownBy(() -> IdentityRule.of("regex:(?=pod)x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "'(?=pod)x' is not a regular expression as RE2 takes them, which has no look-around"
                                + " and no back-references: ");
    }

    @Test
    void a_name_is_harmless_before_anybody_keeps_it() {
        IdentityMemo memo = new IdentityMemo((body, header) -> Optional.of(new Identity(body, body)), new Roster());
        byte[] hostile = "a\u001b[2J\n".getBytes(StandardCharsets.UTF_8);
        assertThat(memo.read(hostile, 0, hostile.length, hostile, 0, 0))
                .isEqualTo(new Identity("a\\u001b[2J\\u000a", "a\\u001b[2J\\u000a"));
        assertThat(IdentityRule.auto().read("{\"hostname\":\"a\\ud800\"}", "").map(new Roster()::admit))
                .contains(new Identity("a\\ud800", ""));
    }

    @Test
    void so_many_names_are_kept_apart_and_the_rest_is_one() {
        Roster roster = new Roster();
        for (int i = 0; i < 3 * Roster.MOST_PODS; i++) {
            Identity kept = roster.admit(new Identity("pod-" + i, "10.0.0.1"));
            assertThat(kept.pod()).isEqualTo(i < Roster.MOST_PODS ? "pod-" + i : Identity.FURTHER);
        }
        assertThat(roster.admit(new Identity("pod-5", "")).pod()).isEqualTo("pod-5");
        assertThat(roster.admit(new Identity("x".repeat(10_000), "")).pod()).isEqualTo(Identity.FURTHER);
        assertThat(new Roster().admit(new Identity("x".repeat(10_000), "")).pod())
                .hasSize(254);
    }
}

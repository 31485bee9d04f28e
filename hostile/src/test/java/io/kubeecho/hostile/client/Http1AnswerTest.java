package io.kubeecho.hostile.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Http1AnswerTest {

    private static final String LINE = Ask.number(7, 1, Way.KEPT, 0).body("pod", "127.0.0.2");
    private static final String OTHER = Ask.number(8, 1, Way.KEPT, 0).body("pod", "127.0.0.2");

    private final Http1Answer answer = new Http1Answer(LINE);

    private static String with(String connection, String line) {
        return "HTTP/1.1 200 OK\r\nServer: kube-echo\r\nDate: Sat, 28 Nov 2026 20:15:47 GMT\r\n"
                + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: "
                + line.length() + "\r\n" + connection + "\r\n" + line;
    }

    @Test
    void theAnswerIsRightToTheLastByteAndUntilThenAPart() {
        String whole = with("", LINE);
        for (int length = 0; length < whole.length(); length++) {
            assertThat(answer.judge(whole.substring(0, length))).isEqualTo(new Got.Part());
        }
        assertThat(answer.judge(whole)).isEqualTo(new Got.Answer(false));
        assertThat(answer.judge(with("Connection: close\r\n", LINE))).isEqualTo(new Got.Answer(true));
    }

    @Test
    void anyOtherByteIsWrong() {
        String whole = with("", LINE);
        for (int at = 0; at < whole.length(); at++) {
            String changed = whole.substring(0, at) + (char) (whole.charAt(at) ^ 0x80) + whole.substring(at + 1);
            assertThat(answer.judge(changed)).as("byte %d", at).isInstanceOf(Got.Wrong.class);
        }
    }

    @Test
    void theAnswerOfAnotherIsWrongFirstOrAfterwards() {
        assertThat(answer.judge(with("", OTHER))).isInstanceOf(Got.Wrong.class);
        assertThat(answer.judge(with("", LINE) + with("", OTHER))).isInstanceOf(Got.Wrong.class);
        assertThat(answer.judge(with("", LINE) + "x")).isInstanceOf(Got.Wrong.class);
    }

    @Test
    void aRefusalIsOneAsAWholeAndNothingAfterIt() {
        String refusal = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\n503\n";
        for (int length = 0; length < refusal.length(); length++) {
            assertThat(answer.judge(refusal.substring(0, length))).isEqualTo(new Got.Part());
        }
        assertThat(answer.judge(refusal)).isEqualTo(new Got.Refusal());
        assertThat(answer.judge(refusal + "H")).isInstanceOf(Got.Wrong.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 400 Bad Request\r\n", "HTTP/1.1 503 x\r\n\r\nHost=a  Path=/b", "nonsense"})
    void whatElseComesIsWrong(String came) {
        assertThat(answer.judge(came)).isInstanceOf(Got.Wrong.class);
    }

    @Test
    void whatIsShownStaysOnOneLine() {
        assertThat(Http1Answer.shown("a\r\n\u001b[31m\u00ff" + "x".repeat(500)))
                .startsWith("a\\r\\n\\x1b[31m\\xff")
                .hasSizeLessThan(200)
                .doesNotContain("\n");
    }
}

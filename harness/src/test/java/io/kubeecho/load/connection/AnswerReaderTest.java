package io.kubeecho.load.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("StringConcatToTextBlock") // a text block has no CR at the end of a line
class AnswerReaderTest {

    private static final String SIZED = "HTTP/1.1 200 OK\r\ncontent-LENGTH: 5\r\nX-Pod: p-1\r\n\r\nhello";
    private static final String CHUNKED =
            "HTTP/1.1 503 No\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n"
                    + "3;x=y\r\nhel\r\n2\r\nlo\r\n0\r\nTrailer: 1\r\n\r\n";
    private static final String INTERIM = "HTTP/1.1 103 Early\r\nLink: x\r\n\r\n" + SIZED;

    private final AnswerReader reader = new AnswerReader(Optional.of("x-pod"));

    @Test
    void a_sized_answer_is_read() throws MalformedAnswerException {
        reader.expect(false);
        assertThat(reader.read(bytes(SIZED))).isTrue();
        assertThat(reader.answer().status()).isEqualTo(200);
        assertThat(body()).isEqualTo("hello");
        assertThat(reader.answer().staysOpen()).isTrue();
        Answer a = reader.answer();
        assertThat(new String(a.header(), a.headerFrom(), a.headerTo() - a.headerFrom(), StandardCharsets.UTF_8))
                .isEqualTo("p-1");
    }

    @Property
    void it_does_not_matter_where_an_answer_is_cut(@ForAll long seed) throws MalformedAnswerException {
        Random random = new Random(seed);
        for (String text : new String[] {SIZED, CHUNKED, INTERIM}) {
            reader.expect(false);
            int from = 0;
            boolean whole = false;
            while (from < text.length()) {
                assertThat(whole).isFalse();
                int to = Math.min(text.length(), from + 1 + random.nextInt(9));
                whole = reader.read(bytes(text.substring(from, to)));
                from = to;
            }
            assertThat(whole).isTrue();
            assertThat(body()).isEqualTo("hello");
            assertThat(reader.answer().bodyBytes()).isEqualTo(5);
            assertThat(reader.answer().staysOpen()).isEqualTo(!text.equals(CHUNKED));
        }
    }

    @Test
    void without_a_length_the_close_ends_an_answer() throws MalformedAnswerException {
        reader.expect(false);
        assertThat(reader.read(bytes("HTTP/1.0 200 OK\n\nhello"))).isFalse();
        assertThat(reader.end()).isTrue();
        assertThat(body()).isEqualTo("hello");
        assertThat(reader.answer().staysOpen()).isFalse();
    }

    @Test
    void a_close_within_a_sized_answer_is_no_end() throws MalformedAnswerException {
        reader.expect(false);
        assertThat(reader.read(bytes(SIZED.substring(0, SIZED.length() - 1)))).isFalse();
        assertThat(reader.end()).isFalse();
        assertThat(reader.begun()).isTrue();
    }

    @Test
    void head_no_content_and_not_modified_have_no_body() throws MalformedAnswerException {
        reader.expect(true);
        assertThat(reader.read(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")))
                .isTrue();
        for (String status : new String[] {"204", "304"}) {
            reader.expect(false);
            assertThat(reader.read(bytes("HTTP/1.1 " + status + " X\r\n\r\n"))).isTrue();
        }
    }

    @Test
    void a_long_body_is_counted_and_not_kept() throws MalformedAnswerException {
        reader.expect(false);
        String body = "x".repeat(100_000);
        assertThat(reader.read(bytes("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + body)))
                .isTrue();
        assertThat(reader.answer().bodyBytes()).isEqualTo(100_000);
        assertThat(body()).hasSize(AnswerReader.KEPT_BODY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SSH-2.0-OpenSSH_9.2\r\n",
                "HTTP/2.0 200 OK\r\n\r\n",
                "HTTP/1.1 2x0 OK\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello",
                "HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello and more",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void what_is_no_answer_is_refused(String text) {
        reader.expect(false);
        assertThatThrownBy(() -> reader.read(bytes(text))).isInstanceOf(MalformedAnswerException.class);
    }

    @Test
    void a_head_without_end_is_refused() {
        reader.expect(false);
        assertThatThrownBy(() -> {
                    reader.read(bytes("HTTP/1.1 200 OK\r\n"));
                    for (int i = 0; i < 100; i++) {
                        reader.read(bytes("X: " + "y".repeat(1000) + "\r\n"));
                    }
                })
                .isInstanceOf(MalformedAnswerException.class)
                .hasMessageContaining("64 KiB");
    }

    private String body() {
        Answer a = reader.answer();
        return new String(a.body(), a.bodyFrom(), a.bodyTo() - a.bodyFrom(), StandardCharsets.UTF_8);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}

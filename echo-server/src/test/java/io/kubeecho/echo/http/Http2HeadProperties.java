package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.bytes.ByteSink;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** Whatever bytes a client of HTTP/2 sends as a head, what is read of it is that and nothing else. */
class Http2HeadProperties {

    /** One head: each part perhaps missing, one character for each byte. */
    record Sent(
            Optional<String> method,
            Optional<String> path,
            Optional<String> authority,
            List<Tuple.Tuple2<String, String>> fields) {

        Http2Headers headers() {
            Http2Headers headers = new DefaultHttp2Headers(false);
            method.ifPresent(text -> headers.method(bytes(text)));
            headers.scheme("http");
            path.ifPresent(text -> headers.path(bytes(text)));
            authority.ifPresent(text -> headers.authority(bytes(text)));
            fields.forEach(field -> headers.add(bytes(field.get1()), bytes(field.get2())));
            return headers;
        }

        private static AsciiString bytes(String text) {
            return new AsciiString(text.getBytes(StandardCharsets.ISO_8859_1), false);
        }
    }

    @Property(tries = 5000)
    void whatIsReadIsWhatWasSent(@ForAll("heads") Sent sent) {
        ByteSink text = new ByteSink(64);
        if (Http2Head.write(text, sent.headers()) != null) {
            return;
        }
        RequestReader reader = RequestReader.ofHttp2();
        RequestReader.Progress progress = reader.read(text.array(), 0, text.size());
        assertThat(progress).isNotEqualTo(RequestReader.Progress.MORE);
        if (progress == RequestReader.Progress.REFUSED) {
            return;
        }
        RequestHead head = reader.head();
        assertThat(reader.consumed()).isEqualTo(text.size());
        assertThat(head.version()).isEqualTo(RequestHead.HTTP_20);
        assertThat(head.protocol()).isEqualTo("HTTP/2.0");
        assertThat(text(text, head.at(0), head.methodEnd()))
                .isEqualTo(sent.method().orElseThrow());
        assertThat(text(text, head.target().from(), head.target().to()))
                .isEqualTo(sent.path().orElse("/"));
        assertThat(head.uriHost().isPresent()).isFalse();
        List<String> expected = new ArrayList<>();
        sent.authority().ifPresent(authority -> expected.add("host=" + strip(authority)));
        for (Tuple.Tuple2<String, String> field : sent.fields()) {
            boolean repeatsAuthority = field.get1().equals("host")
                    && sent.authority().isPresent()
                    && sent.authority().get().equals(field.get2());
            if (!repeatsAuthority) {
                expected.add(field.get1() + "=" + strip(field.get2()));
            }
        }
        assertThat(ReceivedFields.of(head))
                .extracting(field -> field.name() + "=" + field.value())
                .isEqualTo(expected);
    }

    private static String strip(String value) {
        return value.replaceAll("^ +| +\\z", "");
    }

    private static String text(ByteSink bytes, int from, int to) {
        return new String(bytes.array(), from, to - from, StandardCharsets.ISO_8859_1);
    }

    @Property
    void anAnswerBecomesItsFields(@ForAll("answers") List<Tuple.Tuple2<String, String>> fields) {
        StringBuilder lines = new StringBuilder("HTTP/1.1 207 Any\r\nConnection: close\r\n");
        fields.forEach(field ->
                lines.append(field.get1()).append(": ").append(field.get2()).append("\r\n"));
        lines.append("Transfer-Encoding: chunked\r\n\r\nbody\r\n\r\n");
        byte[] bytes = lines.toString().getBytes(StandardCharsets.ISO_8859_1);
        ByteSink answer = new ByteSink(16).append(bytes);

        int end = Http2Answer.headEnd(answer);
        assertThat(end).isEqualTo(bytes.length - "body\r\n\r\n".length());
        Http2Headers headers = Http2Answer.fields(answer, end);
        assertThat(headers.status()).hasToString("207");
        List<String> read = new ArrayList<>();
        headers.forEach(field -> read.add(field.getKey() + "=" + field.getValue()));
        List<String> expected = new ArrayList<>(List.of(":status=207"));
        fields.forEach(field -> expected.add(AsciiText.lowerCase(field.get1()) + "=" + field.get2()));
        assertThat(read).isEqualTo(expected);
    }

    @Provide
    Arbitrary<List<Tuple.Tuple2<String, String>>> answers() {
        return Combinators.combine(
                        Arbitraries.of("X-A", "Date", "x", "Content-Length"),
                        Arbitraries.of("", "a", "a: b", "\u00e4", "Connection: x"))
                .as(Tuple::of)
                .list()
                .ofMaxSize(6);
    }

    @Provide
    Arbitrary<Sent> heads() {
        Arbitrary<String> evil = Arbitraries.of(
                        "a",
                        "/",
                        "GET",
                        " ",
                        "\r\n",
                        "\n",
                        "\r",
                        "\0",
                        ":",
                        "HTTP/2.0",
                        "HTTP/1.1",
                        "host",
                        "x: y",
                        "\t",
                        "\u00e4",
                        "\u007f",
                        "http://b",
                        "..",
                        "%2e",
                        "?",
                        "#")
                .list()
                .ofMaxSize(5)
                .map(parts -> String.join("", parts));
        Arbitrary<Optional<String>> methods = mostly(evil, "GET", "HEAD", "POST", "CONNECT");
        Arbitrary<Optional<String>> paths = mostly(evil, "/", "/a?b", "/a/../b", "*");
        Arbitrary<Optional<String>> authorities = mostly(evil, "a", "B.example:80", "[::1]");
        Arbitrary<Tuple.Tuple2<String, String>> fields = Combinators.combine(
                        Arbitraries.frequencyOf(
                                Tuple.of(6, Arbitraries.of("x-a", "x-forwarded-for", "host", "accept", "under_score")),
                                Tuple.of(1, evil)),
                        Arbitraries.frequencyOf(Tuple.of(6, Arbitraries.of("a", "", " a ", "a, b")), Tuple.of(1, evil)))
                .as(Tuple::of);
        return Combinators.combine(methods, paths, authorities, fields.list().ofMaxSize(4))
                .as(Sent::new);
    }

    private static Arbitrary<Optional<String>> mostly(Arbitrary<String> evil, String... sound) {
        return Arbitraries.frequencyOf(
                Tuple.of(8, Arbitraries.of(sound).map(Optional::of)),
                Tuple.of(3, evil.map(Optional::of)),
                Tuple.of(1, Arbitraries.just(Optional.<String>empty())));
    }
}

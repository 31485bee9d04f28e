package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.control.Asked;
import io.kubeecho.echo.control.Caps;
import io.kubeecho.echo.control.ControlReader;
import io.kubeecho.echo.control.Reading;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** What holds whatever a request asks for. */
class ControlProperties {

    private static final Pattern HEAD = Pattern.compile("HTTP/1\\.1 ([2-5]\\d\\d) [^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n");
    private static final Pattern FIELD =
            Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+: [\\x20-\\x7e\\t\u0080-\u00ff…]*");
    private static final Pattern LENGTH = Pattern.compile("Content-Length: (\\d+)\r\n");
    private static final Pattern RANDOM_ID = Pattern.compile("\"id\": \"[0-9a-f]{8}-");

    private final ControlReader reader = new ControlReader(Caps.defaults());

    @Property
    void everyAnswerHasItsTypeAndNosniff(@ForAll("requests") String request) {
        String answer = answers(request, new int[0]);
        if (answer.startsWith("[closed]")) {
            return; // a cut-off was asked for
        }
        Matcher head = HEAD.matcher(answer);
        assertThat(head.lookingAt()).as(answer).isTrue();
        String fields = head.group(2);
        int status = Integer.parseInt(head.group(1));
        boolean hasBody = status != 204 && status != 205 && status != 304;
        assertThat(fields.lines().filter(line -> line.startsWith("Content-Type: ")))
                .hasSize(hasBody ? 1 : 0)
                .isSubsetOf("Content-Type: text/plain; charset=utf-8", "Content-Type: application/json");
        assertThat(fields.contains("X-Content-Type-Options: nosniff\r\n")).isEqualTo(hasBody);
        assertThat(fields.contains("Content-Length: ") && fields.contains("Transfer-Encoding: "))
                .isFalse();
        Matcher length = LENGTH.matcher(fields);
        if (length.find() && !request.startsWith("HEAD")) {
            int rest = answer.length() - head.end() - "[open]".length() - (answer.endsWith("[closed]") ? 2 : 0);
            assertThat(rest).isEqualTo(Integer.parseInt(length.group(1)));
        }
    }

    @Property
    void noControlAddsALineToTheHead(@ForAll("requests") String request) {
        Matcher head = HEAD.matcher(answers(request, new int[0]));
        if (head.lookingAt()) {
            assertThat(head.group(2).lines())
                    .allMatch(line -> FIELD.matcher(line).matches())
                    .noneMatch(line -> line.startsWith("Injected:"));
        }
    }

    @Property
    void theSplitIntoReadsDoesNotMatter(
            @ForAll("requests") String one,
            @ForAll("requests") String other,
            @ForAll @Size(max = 12) List<Integer> randomCuts) {
        String stream = one + other;
        int[] cuts = randomCuts.stream()
                .mapToInt(cut -> Math.floorMod(cut, stream.length()))
                .sorted()
                .distinct()
                .toArray();
        assertThat(answers(stream, cuts)).isEqualTo(answers(stream, new int[0]));
    }

    @Property
    void jsonIsJsonWhateverIsInTheRequest(@ForAll @Size(max = 60) byte[] path, @ForAll @Size(max = 60) byte[] value) {
        String request = "GET /" + printable(path) + "?kube-echo.format=json HTTP/1.1\r\nHost: a\r\nX-V: "
                + noLineEnd(value) + "\r\n\r\n";
        String answer = answers(request, new int[0]);
        Matcher head = HEAD.matcher(answer);
        assertThat(head.lookingAt()).as(answer).isTrue();
        if (head.group(1).equals("200")) {
            String body = answer.substring(head.end(), answer.lastIndexOf('['));
            assertThat(body.chars()).allMatch(c -> c == '\n' || (c >= ' ' && c < 0x7f));
            JsonObject json = new JsonObject(body).getJsonObject("request");
            assertThat(json.getString("target")).isEqualTo("/" + printable(path) + "?kube-echo.format=json");
            assertThat(json.getJsonArray("headers").getJsonObject(1).getString("value"))
                    .isEqualTo(noLineEnd(value).replaceAll("^ +| +\\z", ""));
        }
    }

    /** Percent-encodings and dots would be refused, and a query or fragment would begin. */
    private static String printable(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            text.append(c <= ' ' || c == 0x7f || "%.?#".indexOf(c) >= 0 ? "x" : c);
        }
        return text.toString();
    }

    private static String noLineEnd(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[\r\n\0]", "");
    }

    @Property
    void anyTextIsReadOrRefusedInOneLine(@ForAll @Size(max = 80) byte[] text) {
        String asText = new String(text, StandardCharsets.ISO_8859_1);
        for (String query : List.of(asText, "kube-echo." + asText, "kube-echo.header=" + asText)) {
            List<Asked> asked;
            try {
                asked = Asked.ofQuery(query);
            } catch (IllegalArgumentException badEncoding) {
                continue;
            }
            assertSound(reader.read(asked));
        }
        assertSound(reader.read(List.of(Asked.ofHeader("Kube-Echo-" + asText, asText))));
        assertSound(reader.read(List.of(Asked.ofHeader("Kube-Echo-Header", asText))));
    }

    private static void assertSound(Reading reading) {
        if (reading instanceof Reading.Wrong wrong) {
            assertThat(wrong.sentence()).matches("[\\x20-\\x7e]+");
        } else {
            assertThat(((Reading.Read) reading).controls().fields())
                    .allSatisfy(field ->
                            assertThat(field.value()).doesNotContain("\r").doesNotContain("\n"));
        }
    }

    private static String answers(String request, int[] cuts) {
        byte[] stream = request.getBytes(StandardCharsets.ISO_8859_1);
        try (InMemoryConnection connection = new InMemoryConnection()) {
            int from = 0;
            for (int cut : cuts) {
                connection.send(Arrays.copyOfRange(stream, from, cut));
                from = cut;
            }
            connection.send(Arrays.copyOfRange(stream, from, stream.length));
            connection.settle();
            return RANDOM_ID.matcher(connection.received()).replaceAll("\"id\": \"00000000-")
                    + (connection.isOpen() ? "[open]" : "[closed]");
        }
    }

    @Provide
    Arbitrary<String> requests() {
        Arbitrary<String> values = Arbitraries.frequencyOf(
                Tuple.of(
                        6,
                        Arbitraries.of(
                                "on", "off", "json", "line", "200", "204", "205", "304", "404", "503", "0", "1")),
                Tuple.of(4, Arbitraries.of("0ms", "500", "4KiB", "17KiB", "reset", "close", "0.5", "7", "k")),
                Tuple.of(
                        4,
                        Arbitraries.of(
                                "X-A:%20b",
                                "X-A:b%0d%0aInjected:1",
                                "X-A:b%0aInjected:1",
                                "Injected%0d:1",
                                "Content-Type:text/html",
                                "X-%E4:1",
                                "X-B:%E4%09c",
                                "Content-Length:1",
                                "x-content-type-options:none")),
                Tuple.of(1, Arbitraries.of("%", "%zz", "", "=", "+", "99999999999999999999")));
        Arbitrary<String> names = Arbitraries.of(
                "format",
                "status",
                "size",
                "chunked",
                "header",
                "close",
                "fault",
                "seed",
                "key",
                "fail-first",
                "nothing");
        Arbitrary<String> query = Combinators.combine(names, values)
                .as((name, value) -> "kube-echo." + name + "=" + value)
                .list()
                .ofMaxSize(4)
                .map(list -> String.join("&", list));
        Arbitrary<String> fields = Combinators.combine(names, values)
                .as((name, value) -> "Kube-Echo-" + name + ": " + value + "\r\n")
                .list()
                .ofMaxSize(2)
                .map(list -> String.join("", list));
        Arbitrary<String> more = Arbitraries.of(
                "", "", "Accept: application/json\r\n", "Accept: */*\r\n", "If-None-Match: *\r\n", "Cookie: a=b\r\n");
        Arbitrary<String> bodies = Arbitraries.of(
                "\r\n", "\r\n", "Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        return Combinators.combine(Arbitraries.of("GET", "GET", "HEAD", "POST"), query, fields, more, bodies)
                .as((method, q, f, m, b) -> method + " /p?" + q + " HTTP/1.1\r\nHost: a\r\n" + f + m + b);
    }
}

package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.Size;

/** What holds for a connection whatever is sent over it. */
class ReaderProperties {

    private static final String BAD_CHUNK = "3\r\nabcd\r\n";

    @Property
    void theSplitIntoReadsDoesNotMatter(
            @ForAll("streams") byte[] stream, @ForAll @Size(max = 12) List<Integer> randomCuts) {
        String whole = answers(stream, new int[0]);
        String split = answers(stream, cuts(stream.length, randomCuts));
        if (hasBadChunk(stream)) {
            // its request may have been answered before the bad chunk came, and that cannot be taken back
            assertThat(split).startsWith(whole.substring(0, lastRefusal(whole)));
        } else {
            assertThat(split).isEqualTo(whole);
        }
    }

    @Property(tries = 200)
    void byteByByteIsTheSameToo(@ForAll("streams") byte[] stream) {
        String whole = answers(stream, new int[0]);
        if (!hasBadChunk(stream)) {
            int[] everywhere = IntStream.range(1, stream.length).toArray();
            assertThat(answers(stream, everywhere)).isEqualTo(whole);
        }
    }

    @Property
    void anyBytesGetFinitelyManySoundAnswersOrNone(@ForAll @Size(max = 400) byte[] stream) {
        String answers = answers(stream, new int[0]);
        // the shortest request that is kept alive has 16 bytes, and an answer is about 250
        assertThat(answers.length()).isLessThan(600 + stream.length * 32);
        assertThat(answers).matches("(?s)(HTTP/1\\.1 [1-5]\\d\\d |Host=|4\\d\\d |\\[).*");
    }

    @Property
    void requestsWithWrongBytesNeverBreakTheConnection(
            @ForAll("streams") byte[] stream,
            @ForAll @Size(min = 1, max = 6) List<Integer> places,
            @ForAll byte wrong) {
        if (stream.length > 0) {
            byte[] mutated = stream.clone();
            for (int place : places) {
                mutated[Math.floorMod(place, stream.length)] = wrong;
            }
            assertThat(answers(mutated, new int[0]).length()).isLessThan(600 + stream.length * 32);
        }
    }

    private static boolean hasBadChunk(byte[] stream) {
        return new String(stream, StandardCharsets.ISO_8859_1).contains(BAD_CHUNK);
    }

    private static int lastRefusal(String answers) {
        return Math.max(0, answers.lastIndexOf("HTTP/1.1 4"));
    }

    private static int[] cuts(int length, List<Integer> random) {
        return random.stream()
                .mapToInt(cut -> length == 0 ? 0 : Math.floorMod(cut, length))
                .sorted()
                .distinct()
                .toArray();
    }

    private static String answers(byte[] stream, int[] cuts) {
        try (InMemoryConnection connection = new InMemoryConnection()) {
            int from = 0;
            for (int cut : cuts) {
                connection.send(Arrays.copyOfRange(stream, from, cut));
                from = cut;
            }
            connection.send(Arrays.copyOfRange(stream, from, stream.length));
            return connection.received() + (connection.isOpen() ? "[open]" : "[closed]");
        }
    }

    /** Requests of every shape, most of them sound, one after another. */
    @Provide
    Arbitrary<byte[]> streams() {
        return requests().list().ofMinSize(1).ofMaxSize(4).map(requests -> {
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            requests.forEach(request -> stream.writeBytes(request.getBytes(StandardCharsets.ISO_8859_1)));
            return stream.toByteArray();
        });
    }

    private static Arbitrary<String> requests() {
        Arbitrary<String> lines = Combinators.combine(
                        Arbitraries.of("GET", "HEAD", "POST", "TRACE", "get"),
                        Arbitraries.of(
                                "/", "/a/b?c", "/%2e%2e", "/a/..", "http://H.example:8/x", "http://[::1]?q", "*"),
                        Arbitraries.frequencyOf(
                                Tuple.of(8, Arbitraries.just(" HTTP/1.1")),
                                Tuple.of(2, Arbitraries.just(" HTTP/1.0")),
                                Tuple.of(1, Arbitraries.of("", " HTTP/2.0", " HTTP/1.1  "))),
                        Arbitraries.of("\r\n", "\r\n", "\n"))
                .as((method, target, version, end) -> method + " " + target + version + end);
        Arbitrary<String> fields = Arbitraries.of(
                        "Host: a\r\n",
                        "Host: B.:1\r\n",
                        "X-Forwarded-For: a, b\r\n",
                        "x-forwarded-for: c \n",
                        "X: y\r\n",
                        "X_: y\r\n",
                        "Connection: keep-alive\r\n",
                        "Connection: close\r\n",
                        "Expect: 100-continue\r\n",
                        "If-None-Match: *\r\n",
                        "If-Match: x\r\n",
                        "X :y\r\n",
                        "User-Agent: u\r\n")
                .list()
                .ofMaxSize(4)
                .map(list -> String.join("", list));
        Arbitrary<String> bodies = Arbitraries.frequencyOf(
                Tuple.of(6, Arbitraries.just("\r\n")),
                Tuple.of(2, Arbitraries.of("Content-Length: 5\r\n\r\nhello", "Content-Length: 0\n\n")),
                Tuple.of(
                        2,
                        Arbitraries.of(
                                "Transfer-Encoding: chunked\r\n\r\n5;x\r\nhello\r\n0\r\nT: u\r\n\r\n",
                                "Transfer-Encoding: chunked\r\n\r\n3\nabc\nA\r\n0123456789\r\n0\r\n\r\n",
                                "Transfer-Encoding: chunked\r\n\r\n" + BAD_CHUNK)));
        return Combinators.combine(lines, fields, bodies)
                .as((line, field, body) -> line + "Host: z\r\n" + field + body)
                .map(request -> request.replaceFirst("Host: z\r\n(?=.*Host)", ""));
    }
}

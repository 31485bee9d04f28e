package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the echo server does for one request between the read and the write of the socket, in nanoseconds, and, with
 * {@code -prof gc}, what it allocates. In the package of what it measures, which is not public.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class HotPath {

    private static final byte[] REQUEST = ByteSink.ascii("""
            GET /some/path?q=1 HTTP/1.1\r
            Host: Echo.example:8080\r
            User-Agent: curl/8.5.0\r
            Accept: */*\r
            X-Forwarded-For: 203.0.113.9\r
            \r
            """);
    private static final String DATE = "Mon, 23 Nov 2026 10:00:00 GMT";

    private final RequestReader reader = new RequestReader();
    private final Answers answers = new Answers();
    private final byte[] middle = Answers.middle("echo-7d4b9-x2x5z", ByteSink.ascii("10.244.1.7"));

    /** As an event loop begins a second. */
    public HotPath() {
        answers.setDate(ByteSink.ascii(DATE));
    }

    /** The head alone. */
    @Benchmark
    public int read() {
        return readHead().targetIsRoot() ? 0 : reader.consumed();
    }

    /** Head and answer, as the server does it. */
    @Benchmark
    public int answerInBytes() {
        answers.addEcho(readHead(), middle, false);
        int size = answers.bytes().size();
        answers.bytes().clear();
        return size;
    }

    /** The same head, and the same answer put together of strings. */
    @Benchmark
    public int answerOfStrings() {
        RequestHead head = readHead();
        String line = "Host=" + text(head, head.host()).toLowerCase(Locale.ROOT) + "  Path=" + text(head, head.target())
                + new String(middle, StandardCharsets.UTF_8) + text(head, head.forwardedFor(0)) + "\n";
        byte[] body = line.getBytes(StandardCharsets.UTF_8);
        String answer = "HTTP/1.1 200 OK\r\nServer: kube-echo\r\nDate: " + DATE
                + "\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: "
                + body.length + "\r\n\r\n" + line;
        return answer.getBytes(StandardCharsets.UTF_8).length;
    }

    private RequestHead readHead() {
        reader.reset();
        if (reader.read(REQUEST, 0, REQUEST.length) != RequestReader.Progress.COMPLETE) {
            throw new IllegalStateException("the request is not understood");
        }
        return reader.head();
    }

    private static String text(RequestHead head, Span span) {
        return new String(head.bytes(), head.at(span.from()), span.length(), StandardCharsets.ISO_8859_1);
    }
}

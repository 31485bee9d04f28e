package io.kubeecho.echo.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.proxy.ProxyHeader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One JSON object a line, always with the same fields: what is not known is null. As in {@link JsonForm} each byte that a
 * client sent becomes the character of its number, and the output is ASCII.
 */
final class JsonLogLine implements LogLine {

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .characterEscapes(new HarmlessAscii())
            .rootValueSeparator("")
            .build();

    /** Of RFC 3339, which is ISO 8601's, always of this length. */
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern(
                    "uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final JsonGenerator json;
    private final String instance;

    /** @param instance tells the ids of this process' connections from others */
    JsonLogLine(ByteSink lines, String instance) {
        this.instance = instance;
        try {
            json = FACTORY.createGenerator(lines.asStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not fail
        }
    }

    @Override
    public void append(Caller caller, RequestHead head, int limit, int status, int bodyBytes, LogTiming timing) {
        // before the line, which takes time too
        long nanos = System.nanoTime() - caller.batchBegan();
        try {
            json.writeStartObject();
            json.writeStringField("time", TIME.format(Instant.now()));
            appendConnection(caller.facts());
            appendRequest(head, limit);
            json.writeNumberField("status", status);
            json.writeNumberField("bodyBytes", bodyBytes);
            if (timing == LogTiming.THIS_BATCH) {
                json.writeNumberField("micros", TimeUnit.NANOSECONDS.toMicros(nanos));
            } else {
                json.writeNullField("micros");
            }
            json.writeStringField("referer", text(head, head.referer()));
            json.writeStringField("userAgent", text(head, head.userAgent()));
            json.writeArrayFieldStart("xForwardedFor");
            for (int i = 0; i < head.forwardedForFields(); i++) {
                json.writeString(text(head, head.forwardedFor(i)));
            }
            json.writeEndArray();
            json.writeEndObject();
            json.writeRaw('\n');
            json.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not fail
        }
    }

    private void appendConnection(ConnectionFacts connection) throws IOException {
        appendAddress("client", "clientPort", connection.client());
        Optional<ProxyHeader> header = connection.proxyHeader();
        appendAddress("proxy", "proxyPort", header.isPresent() ? connection.peer() : null);
        json.writeStringField("connection", instance + "-" + connection.number());
        json.writeNumberField("request", connection.request());
    }

    private void appendAddress(String address, String port, @Nullable InetSocketAddress of) throws IOException {
        if (of == null) {
            json.writeNullField(address);
            json.writeNullField(port);
        } else {
            json.writeStringField(address, AddressText.of(of.getAddress()));
            json.writeNumberField(port, of.getPort());
        }
    }

    /** Its three parts; or, where what came is no request line, that. */
    private void appendRequest(RequestHead head, int limit) throws IOException {
        byte[] bytes = head.bytes();
        boolean read = head.versionKnown();
        json.writeStringField("method", read ? text(bytes, head.at(0), head.methodEnd()) : null);
        json.writeStringField("target", read ? head.targetIsRoot() ? "/" : text(head, head.target()) : null);
        json.writeStringField("protocol", read ? head.protocol() : null);
        json.writeStringField("malformed", read ? null : text(bytes, head.at(0), LogLine.lineEnd(head, limit)));
    }

    private static @Nullable String text(RequestHead head, Span span) {
        return span.isPresent() ? text(head.bytes(), head.at(span.from()), head.at(span.to())) : null;
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}

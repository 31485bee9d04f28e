package io.kubeecho.echo.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.proxy.ProxyHeader;
import io.kubeecho.echo.tls.TlsFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The echo as JSON, of the schema {@code echo.schema.json}. It keeps apart what is easily mixed up: who the TCP peer
 * is, what a PROXY header says, and what header fields claim.
 *
 * <p>Each byte that a client sent becomes the character of its number, so that every byte can be had back; the output is
 * ASCII, and nothing in it can be taken for HTML.
 */
final class JsonForm {

    private static final JsonFactory FACTORY = new JsonFactoryBuilder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .characterEscapes(new HarmlessAscii())
            .build();

    private static final DefaultPrettyPrinter LAYOUT = new DefaultPrettyPrinter(Separators.createDefaultInstance()
                    .withRootSeparator("")
                    .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
                    .withObjectEmptySeparator("")
                    .withArrayEmptySeparator(""))
            .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"))
            .withObjectIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE.withLinefeed("\n"));

    private final String hostname;
    private final PodIdentity identity;
    private final JsonSettings settings;
    private final Map<String, String> environment;
    private final String instance;

    /**
     * @param environment of the process, of which the settings name the part that is shown
     * @param instance tells this process from others in the ids of connections
     */
    JsonForm(
            String hostname,
            PodIdentity identity,
            JsonSettings settings,
            Map<String, String> environment,
            String instance) {
        this.hostname = hostname;
        this.identity = identity;
        this.settings = settings;
        this.environment = new TreeMap<>(environment);
        this.environment.keySet().retainAll(settings.environment());
        this.instance = instance;
    }

    /** The echo of a request, one line feed at its end. */
    ByteSink write(RequestHead head, byte[] clientAddress, ConnectionFacts connection) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(2048);
        try (JsonGenerator json = FACTORY.createGenerator(out)) {
            json.setPrettyPrinter(LAYOUT.createInstance());
            List<ReceivedFields.Field> fields = ReceivedFields.of(head);
            json.writeStartObject();
            json.writeStringField("format", "kube-echo echo 1");
            writeRequest(json, head, fields);
            writeClient(json, clientAddress, fields);
            writeConnection(json, connection);
            writeServer(json);
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not fail
        }
        ByteSink written = new ByteSink(out.size());
        return written.append(out.toByteArray());
    }

    private void writeRequest(JsonGenerator json, RequestHead head, List<ReceivedFields.Field> fields)
            throws IOException {
        byte[] bytes = head.bytes();
        json.writeObjectFieldStart("request");
        json.writeStringField("method", text(bytes, head.at(0), head.methodEnd()));
        json.writeStringField("target", head.targetIsRoot() ? "/" : text(head, head.target()));
        json.writeStringField("host", head.host().isPresent() ? AsciiText.lowerCase(text(head, head.host())) : null);
        json.writeStringField("protocol", head.protocol());
        json.writeArrayFieldStart("headers");
        for (ReceivedFields.Field field : fields) {
            json.writeStartObject();
            json.writeStringField("name", field.name());
            if (settings.hides(field.name())) {
                json.writeNullField("value");
                json.writeBooleanField("redacted", true);
            } else {
                json.writeStringField("value", field.value());
            }
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void writeClient(JsonGenerator json, byte[] clientAddress, List<ReceivedFields.Field> fields)
            throws IOException {
        json.writeObjectFieldStart("client");
        json.writeStringField("address", text(clientAddress, 0, clientAddress.length));
        writeValues(json, "xForwardedFor", fields, "x-forwarded-for");
        writeValues(json, "forwarded", fields, "forwarded");
        writeValues(json, "xRealIp", fields, "x-real-ip");
        json.writeEndObject();
    }

    private static void writeValues(
            JsonGenerator json, String as, List<ReceivedFields.Field> fields, String lowerCaseName) throws IOException {
        json.writeArrayFieldStart(as);
        for (ReceivedFields.Field field : fields) {
            if (AsciiText.lowerCase(field.name()).equals(lowerCaseName)) {
                json.writeString(field.value());
            }
        }
        json.writeEndArray();
    }

    private void writeConnection(JsonGenerator json, ConnectionFacts connection) throws IOException {
        json.writeObjectFieldStart("connection");
        json.writeStringField("id", instance + "-" + connection.number());
        json.writeNumberField("request", connection.request());
        writeAddress(json, "peer", Optional.of(connection.peer()));
        writeAddress(json, "local", Optional.of(connection.local()));
        if (connection.proxyHeader().isPresent()) {
            ProxyHeader header = connection.proxyHeader().get();
            json.writeObjectFieldStart("proxyProtocol");
            json.writeNumberField("version", header.version());
            json.writeStringField("command", header.command().name());
            writeAddress(json, "source", header.addresses().map(ProxyHeader.Addresses::source));
            writeAddress(json, "destination", header.addresses().map(ProxyHeader.Addresses::destination));
            json.writeEndObject();
        } else {
            json.writeNullField("proxyProtocol");
        }
        if (connection.tls().isPresent()) {
            TlsFacts tls = connection.tls().get();
            json.writeObjectFieldStart("tls");
            json.writeStringField("version", tls.version());
            json.writeStringField("cipher", tls.cipher());
            json.writeStringField("serverName", tls.serverName().orElse(null));
            json.writeStringField("alpn", tls.applicationProtocol().orElse(null));
            json.writeEndObject();
        } else {
            json.writeStringField("tls", "none");
        }
        json.writeEndObject();
    }

    private static void writeAddress(JsonGenerator json, String name, Optional<InetSocketAddress> address)
            throws IOException {
        if (address.isEmpty()) {
            json.writeNullField(name);
            return;
        }
        json.writeObjectFieldStart(name);
        json.writeStringField("address", AddressText.of(address.get().getAddress()));
        json.writeNumberField("port", address.get().getPort());
        json.writeEndObject();
    }

    private void writeServer(JsonGenerator json) throws IOException {
        json.writeObjectFieldStart("server");
        json.writeStringField("hostname", hostname);
        json.writeStringField("pod", orNull(identity.pod()));
        json.writeStringField("namespace", orNull(identity.namespace()));
        json.writeStringField("node", orNull(identity.node()));
        json.writeStringField("zone", orNull(identity.zone()));
        json.writeArrayFieldStart("podIps");
        for (String address : identity.podIp().split(",", -1)) {
            if (!address.isBlank()) {
                json.writeString(address.strip());
            }
        }
        json.writeEndArray();
        json.writeStringField("serviceAccount", orNull(identity.serviceAccount()));
        json.writeObjectFieldStart("environment");
        for (Map.Entry<String, String> variable : environment.entrySet()) {
            json.writeStringField(variable.getKey(), variable.getValue());
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }

    private static String text(RequestHead head, Span span) {
        return text(head.bytes(), head.at(span.from()), head.at(span.to()));
    }

    private static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }
}

package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.proxy.ProxyHeader;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyInJsonTest {

    private static final InetSocketAddress PROXY = new InetSocketAddress("10.0.0.9", 1234);
    private static final InetSocketAddress POD = new InetSocketAddress("10.0.0.7", 80);

    private static JsonObject json(ProxyHeader header) throws IOException {
        byte[] request = ByteSink.ascii("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        RequestReader reader = new RequestReader();
        assertThat(reader.read(request, 0, request.length)).isEqualTo(RequestReader.Progress.COMPLETE);
        JsonForm form = new JsonForm("pod-1", PodIdentity.unknown(), JsonSettings.defaults(), Map.of(), "01234567");
        String json = form.write(
                        reader.head(),
                        ByteSink.ascii("203.0.113.9"),
                        new ConnectionFacts(1, 1, PROXY, POD, Optional.of(header), Optional.empty()))
                .toString();
        try (InputStream schema =
                Objects.requireNonNull(JsonForm.class.getResourceAsStream("echo.schema.json"), "the schema")) {
            var validator = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema);
            assertThat(validator.validate(json, com.networknt.schema.InputFormat.JSON))
                    .isEmpty();
        }
        return new JsonObject(json);
    }

    @Test
    void whatTheProxySaidIsApartFromThePeer() throws IOException {
        JsonObject json = json(new ProxyHeader(
                2,
                ProxyHeader.Command.PROXY,
                Optional.of(new ProxyHeader.Addresses(
                        new InetSocketAddress("203.0.113.9", 40_001), new InetSocketAddress("2001:db8::1", 443)))));

        JsonObject connection = json.getJsonObject("connection");
        assertThat(connection.getJsonObject("peer").encode()).isEqualTo("{\"address\":\"10.0.0.9\",\"port\":1234}");
        JsonObject proxy = connection.getJsonObject("proxyProtocol");
        assertThat(proxy.getInteger("version")).isEqualTo(2);
        assertThat(proxy.getJsonObject("source").encode()).isEqualTo("{\"address\":\"203.0.113.9\",\"port\":40001}");
        assertThat(proxy.getJsonObject("destination").encode()).isEqualTo("{\"address\":\"2001:db8::1\",\"port\":443}");
        assertThat(json.getJsonObject("client").getString("address")).isEqualTo("203.0.113.9");
    }

    @Test
    void aProxyThatSpeaksForItselfNamesNobody() throws IOException {
        JsonObject proxy = json(new ProxyHeader(2, ProxyHeader.Command.LOCAL, Optional.empty()))
                .getJsonObject("connection")
                .getJsonObject("proxyProtocol");

        assertThat(proxy.getString("command")).isEqualTo("LOCAL");
        assertThat(proxy.getValue("source")).isNull();
        assertThat(proxy.getValue("destination")).isNull();
    }
}

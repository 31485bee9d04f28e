package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeecho.echo.http.AnswerRules;
import io.kubeecho.echo.http.JsonSettings;
import io.kubeecho.echo.http.PodIdentity;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo as JSON, as clients get it, held to its published schema. */
@Timeout(60)
class JsonFormTest {

    private static final EchoConfig EMBEDDED = EchoConfig.embedded("127.0.0.1", "pod-1");
    private static final String ASK = "GET /a?b=c&kube-echo.format=json HTTP/1.1\r\nHost: Example.com:80\r\n";

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private static JsonSchema schema() throws IOException {
        try (InputStream schema =
                Objects.requireNonNull(AnswerRules.class.getResourceAsStream("echo.schema.json"), "the schema")) {
            return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(schema);
        }
    }

    private static JsonNode valid(String answer) throws IOException {
        assertThat(answer)
                .startsWith("HTTP/1.1 200 OK\r\n")
                .contains("\r\nContent-Type: application/json\r\nX-Content-Type-Options: nosniff\r\n");
        String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
        JsonNode json = new ObjectMapper().readTree(body);
        assertThat(schema().validate(json)).isEmpty();
        return json;
    }

    private static JsonNode ask(EchoServer server, String request) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return valid(client.send(request + "Connection: close\r\n\r\n").awaitEnd());
        }
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }

    @Test
    void saysWhatWasAsked() throws Exception {
        JsonNode request = ask(vertx.start(), ASK + "X-A:  b  \r\nUnder_score: c\r\nx-a: d\r\nAlone\r\n")
                .get("request");

        assertThat(request.get("method").asText()).isEqualTo("GET");
        assertThat(request.get("target").asText()).isEqualTo("/a?b=c&kube-echo.format=json");
        assertThat(request.get("host").asText()).isEqualTo("example.com");
        assertThat(request.get("protocol").asText()).isEqualTo("HTTP/1.1");
        assertThat(request.get("headers"))
                .extracting(field ->
                        field.get("name").asText() + "=" + field.get("value").asText())
                .containsExactly(
                        "Host=Example.com:80", "X-A=b", "Under_score=c", "x-a=d", "Alone=", "Connection=close");
    }

    @Test
    void keepsApartWhoThePeerIsAndWhoFieldsSayItIs() throws Exception {
        EchoServer server = vertx.start();
        JsonNode json;
        int port;
        try (RawClient client = new RawClient(server.port())) {
            port = client.socket().getLocalPort();
            json = valid(client.send(ASK + "X-Forwarded-For: 1.2.3.4, 5.6.7.8\r\nForwarded: for=9.9.9.9\r\n"
                            + "X-Real-IP: 8.8.8.8\r\nX-Forwarded-For: 6.6.6.6\r\nConnection: close\r\n\r\n")
                    .awaitEnd());
        }

        JsonNode client = json.get("client");
        assertThat(client.get("address").asText()).isEqualTo("127.0.0.1");
        assertThat(texts(client.get("xForwardedFor"))).containsExactly("1.2.3.4, 5.6.7.8", "6.6.6.6");
        assertThat(texts(client.get("forwarded"))).containsExactly("for=9.9.9.9");
        assertThat(texts(client.get("xRealIp"))).containsExactly("8.8.8.8");
        JsonNode connection = json.get("connection");
        assertThat(connection.get("peer").get("address").asText()).isEqualTo("127.0.0.1");
        assertThat(connection.get("peer").get("port").asInt()).isEqualTo(port);
        assertThat(connection.get("local").get("port").asInt()).isEqualTo(server.port());
        assertThat(connection.get("proxyProtocol").isNull()).isTrue();
        assertThat(connection.get("tls").asText()).isEqualTo("none");
    }

    @Test
    void tellsAConnectionThatWasKeptFromANewOne() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port()).get("/1")) {
            int from = client.received().length();
            String answer = client.send(ASK + "Connection: close\r\n\r\n").awaitEnd();
            JsonNode second = valid(answer.substring(from)).get("connection");
            assertThat(second.get("request").asInt()).isEqualTo(2);

            JsonNode other = ask(server, ASK).get("connection");
            assertThat(other.get("request").asInt()).isEqualTo(1);
            String[] secondId = second.get("id").asText().split("-", -1);
            String[] otherId = other.get("id").asText().split("-", -1);
            assertThat(otherId[0]).isEqualTo(secondId[0]);
            assertThat(otherId[1]).isNotEqualTo(secondId[1]);
        }
    }

    @Test
    void saysWhichPodItIs() throws Exception {
        PodIdentity identity = new PodIdentity("echo-1", "shop", "node-1", "zone-a", "10.0.0.7,fd00::7", "runner");
        JsonNode server = ask(vertx.start(EMBEDDED.withIdentity(identity)), ASK).get("server");

        assertThat(server.get("hostname").asText()).isEqualTo("pod-1");
        assertThat(server.get("pod").asText()).isEqualTo("echo-1");
        assertThat(server.get("namespace").asText()).isEqualTo("shop");
        assertThat(server.get("node").asText()).isEqualTo("node-1");
        assertThat(server.get("zone").asText()).isEqualTo("zone-a");
        assertThat(texts(server.get("podIps"))).containsExactly("10.0.0.7", "fd00::7");
        assertThat(server.get("serviceAccount").asText()).isEqualTo("runner");
        assertThat(server.get("environment")).isEmpty();
    }

    @Test
    void whatItWasNotToldIsNull() throws Exception {
        JsonNode server = ask(vertx.start(), ASK).get("server");

        for (String name : List.of("pod", "namespace", "node", "zone", "serviceAccount")) {
            assertThat(server.get(name).isNull()).as(name).isTrue();
        }
        assertThat(server.get("podIps")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "COOKIE",
                "Proxy-Authorization",
                "X-Api-Key",
                "X-Auth-Token",
                "X-Amz-Security-Token",
                "My_Secret"
            })
    void credentialsAreRedactedUnlessASettingShowsThem(String name) throws Exception {
        String request = ASK + name + ": s3same\r\n";
        String hidden = ask(vertx.start(), request).toString();
        assertThat(hidden).contains(name).contains("\"redacted\":true").doesNotContain("s3same");

        EchoServer open = vertx.start(EMBEDDED.withJson(JsonSettings.defaults().withCredentials(true)));
        assertThat(ask(open, request).toString()).contains("s3same").doesNotContain("redacted");
    }

    @Test
    void anyByteIsEscapedAndCanBeHadBack() throws Exception {
        StringBuilder every = new StringBuilder();
        for (char c = 1; c < 256; c++) {
            every.append(c == '\r' || c == '\n' ? "" : c);
        }
        String value = "x" + every + "</script><!--x";
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            String answer = client.send(ASK + "X-Bytes: " + value + "\r\nConnection: close\r\n\r\n")
                    .awaitEnd();
            assertThat(answer.chars()).allMatch(c -> c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f));
            assertThat(answer).doesNotContain("<").doesNotContain(">");
            assertThat(valid(answer)
                            .get("request")
                            .get("headers")
                            .get(1)
                            .get("value")
                            .asText())
                    .isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nACCEPT:application/JSON;q=0.5 , application/json\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nKube-Echo-Format: json\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\nKUBE-ECHO-FORMAT: json\r\n",
                "GET /?x&kube-echo.format=json HTTP/1.1\r\nHost: a\r\n",
                "GET http://h?kube-echo.format=json#f HTTP/1.1\r\nHost: a\r\n",
                "GET http://h HTTP/1.1\r\nHost: a\r\nKube-Echo-Format: json\r\n",
                "POST /?kube-echo.format=json HTTP/1.0\r\n",
                "PUT /?kube-echo.format=json HTTP/1.9\nHost: a\nContent-Length: 0\n",
            })
    void isHadInAnyOfTheseWays(String request) throws Exception {
        ask(vertx.start(), request);
    }

    @Test
    void theLineCanBeHadByWhoeverAcceptsOnlyJson() throws Exception {
        try (RawClient client = new RawClient(vertx.start().port())) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\nKube-Echo-Format: line\r\n\r\n")
                    .awaitText("Host=a  Path=/1  From=pod-1 ");
        }
    }

    @Test
    void theEnvironmentIsShownByAListOfNamesOnly(@TempDir Path folder) throws Exception {
        Map<String, String> environment =
                Map.of("REGION", "eu-\"1\"", "OTHER", "s3same", "KUBE_ECHO_SHOW_ENVIRONMENT", "REGION,ABSENT");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient client = new RawClient(server.port())) {
            JsonNode json = valid(client.send(ASK + "Connection: close\r\n\r\n").awaitEnd());
            assertThat(json.get("server").get("environment").toString()).isEqualTo("{\"REGION\":\"eu-\\\"1\\\"\"}");
        }
    }

    @Test
    void theSchemaNoticesWhatIsWrong() throws Exception {
        JsonNode json = ask(vertx.start(), ASK);
        ((com.fasterxml.jackson.databind.node.ObjectNode) json.get("connection")).remove("peer");
        ((com.fasterxml.jackson.databind.node.ObjectNode) json.get("server")).put("surprise", 1);
        assertThat(schema().validate(json)).hasSize(2);
    }
}

package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.AccessLogSettings;
import io.kubeecho.echo.log.ErrorLog;
import io.kubeecho.echo.log.LogFormat;
import io.kubeecho.echo.log.SkipList;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** The access log as JSON, and what it leaves out. */
class JsonLogProperties {

    private static final AccessLogSettings JSON = AccessLogSettings.defaults().withFormat(LogFormat.JSON);

    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final List<String> FIELDS = List.of(
            "time",
            "client",
            "clientPort",
            "proxy",
            "proxyPort",
            "connection",
            "request",
            "method",
            "target",
            "protocol",
            "malformed",
            "status",
            "bodyBytes",
            "micros",
            "referer",
            "userAgent",
            "xForwardedFor");

    @Property
    void whateverIsSentEachLineIsOneObjectOfTheSameFields(@ForAll @Size(max = 300) byte[] stream) throws IOException {
        for (JsonNode line : lines(JSON, new String(stream, StandardCharsets.ISO_8859_1))) {
            assertSound(line);
        }
    }

    @Property
    void whateverIsInTheFieldsCanBeHadBack(
            @ForAll("values") String agent, @ForAll("values") String referer, @ForAll("values") String forwarded)
            throws IOException {
        List<JsonNode> lines = lines(
                JSON,
                "GET /a?b HTTP/1.1\r\nHost: a\r\nUser-Agent: " + agent + "\r\nReferer: " + referer
                        + "\r\nX-Forwarded-For: " + forwarded + "\r\nX-Forwarded-For: second\r\n\r\n");
        assertThat(lines).hasSize(1);
        JsonNode line = lines.get(0);
        assertSound(line);
        assertThat(line.get("userAgent").textValue()).isEqualTo(agent);
        assertThat(line.get("referer").textValue()).isEqualTo(referer);
        assertThat(line.get("xForwardedFor").get(0).textValue()).isEqualTo(forwarded);
        assertThat(line.get("xForwardedFor").get(1).textValue()).isEqualTo("second");
        assertThat(line.get("status").intValue()).isEqualTo(200);
    }

    /** Bytes that may be in a field, one character for each; spaces around it are not part of a value. */
    @Provide
    Arbitrary<String> values() {
        return Arbitraries.chars()
                .range('\u0001', '\u00ff')
                .filter(c -> c != '\r' && c != '\n')
                .array(char[].class)
                .ofMaxSize(60)
                .map(chars -> "x" + new String(chars) + "x");
    }

    @Example
    void aRequestIsLoggedInItsParts() throws IOException {
        List<JsonNode> lines = lines(
                JSON,
                String.join(
                        "",
                        "GET /one?q=1 HTTP/1.1\r\nHost: a\r\nUser-Agent: curl/8\r\n\r\n",
                        "GET http://b/two HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                        "TRACE / HTTP/1.1\r\nHost: a\r\n\r\n"));
        assertThat(lines).hasSize(3);
        JsonNode one = lines.get(0);
        assertThat(one.get("time").textValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(one.get("client").textValue()).isEqualTo("127.0.0.1");
        assertThat(one.get("clientPort").intValue()).isEqualTo(40_000);
        assertThat(one.get("proxy").isNull()).isTrue();
        assertThat(one.get("connection").textValue()).matches("[0-9a-f]{8}-1");
        assertThat(one.get("request").intValue()).isEqualTo(1);
        assertThat(one.get("method").textValue()).isEqualTo("GET");
        assertThat(one.get("target").textValue()).isEqualTo("/one?q=1");
        assertThat(one.get("protocol").textValue()).isEqualTo("HTTP/1.1");
        assertThat(one.get("malformed").isNull()).isTrue();
        assertThat(one.get("bodyBytes").intValue())
                .isEqualTo("Host=a  Path=/one?q=1  From=pod-1  ClientIP=127.0.0.1  XFF=\n".length());
        assertThat(one.get("micros").isIntegralNumber()).isTrue();
        assertThat(one.get("referer").isNull()).isTrue();
        assertThat(one.get("xForwardedFor")).isEmpty();
        JsonNode two = lines.get(1);
        assertThat(two.get("request").intValue()).isEqualTo(2);
        assertThat(two.get("target").textValue()).isEqualTo("/two");
        assertThat(two.get("protocol").textValue()).isEqualTo("HTTP/1.0");
        assertThat(two.get("userAgent").isNull()).isTrue();
        assertThat(lines.get(2).get("request").intValue()).isEqualTo(3);
        assertThat(lines.get(2).get("status").intValue()).isEqualTo(405);
    }

    @Example
    void whatIsNoRequestLineIsLoggedAsItCame() throws IOException {
        JsonNode hello = lines(JSON, "\u0016\u0003\u0001\"\r\n").get(0);
        assertThat(hello.get("malformed").textValue()).isEqualTo("\u0016\u0003\u0001\"");
        assertThat(hello.get("method").isNull()).isTrue();
        assertThat(hello.get("target").isNull()).isTrue();
        assertThat(hello.get("protocol").isNull()).isTrue();
        assertThat(hello.get("request").intValue()).isEqualTo(1);
        assertThat(hello.get("status").intValue()).isEqualTo(400);
    }

    @Example
    void anAnswerThatIsStillToComeHasNoTime() throws IOException {
        JsonNode delayed = lines(JSON, "GET /?kube-echo.delay=5s HTTP/1.1\r\nHost: a\r\n\r\n")
                .get(0);
        assertThat(delayed.get("micros").isNull()).isTrue();
    }

    @Example
    void probesCanBeLeftOutUnlessTheyFail() throws IOException {
        AccessLogSettings skipping = JSON.withSkip(SkipList.of("/healthz, /probes/*, kube-probe/*"));
        List<String> logged = new ArrayList<>();
        for (JsonNode line : lines(
                skipping,
                get("/healthz", "a")
                        + get("/healthz?verbose", "a")
                        + get("/healthz/", "a")
                        + get("/Healthz", "a")
                        + get("/probes/", "a")
                        + get("/probes/live", "a")
                        + get("/probes", "a")
                        + get("/1", "kube-probe/1.20")
                        + get("/2", "kube-probe")
                        + get("/3", "a kube-probe/1.20")
                        + get("/healthz?kube-echo.status=503", "a")
                        + get("http://b", "a"))) {
            logged.add(line.get("target").textValue());
        }
        assertThat(logged)
                .containsExactly("/healthz/", "/Healthz", "/probes", "/2", "/3", "/healthz?kube-echo.status=503", "/");
        assertThat(lines(JSON.withSkip(SkipList.of("/")), get("http://b", "a") + get("/", "a") + get("/x", "a")))
                .hasSize(1);
    }

    private static String get(String target, String agent) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\nUser-Agent: " + agent + "\r\n\r\n";
    }

    private static void assertSound(JsonNode line) {
        assertThat(line.fieldNames()).toIterable().containsExactlyElementsOf(FIELDS);
        assertThat(line.get("method").isNull()).isEqualTo(line.get("malformed").isTextual());
        assertThat(line.get("target").isNull()).isEqualTo(line.get("malformed").isTextual());
    }

    /** What is logged of the requests in a stream, which comes in one read. */
    private static List<JsonNode> lines(AccessLogSettings settings, String stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AccessLog log = new AccessLog(Channels.newChannel(out), settings, new ErrorLog(line -> {}))) {
            try (InMemoryConnection connection = new InMemoryConnection(ConnectionLimits.defaults(), log)) {
                connection.send(stream);
            }
        }
        String text = out.toString(StandardCharsets.UTF_8);
        assertThat(text).matches("([ -~]+\n)*");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : text.lines().toList()) {
            lines.add(STRICT.readTree(line));
        }
        return lines;
    }
}

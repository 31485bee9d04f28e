package io.kubeecho.echo;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.endsWith;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.startsWith;

import io.restassured.http.Method;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an ordinary HTTP client sees of the contract. */
class HttpContractTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private int port;

    @BeforeEach
    void start() throws Exception {
        port = vertx.start().port();
    }

    private RequestSpecification client() {
        return given().baseUri("http://127.0.0.1").port(port).urlEncodingEnabled(false);
    }

    @Test
    void saysWhatWasAskedAndWhoAnswersAndWhoAsks() {
        client().header("X-Forwarded-For", "1.2.3.4")
                .get("/some/path?with=query")
                .then()
                .statusCode(200)
                .header("Content-Type", "text/plain; charset=utf-8")
                .header("X-Content-Type-Options", "nosniff")
                .body(equalTo(
                        "Host=127.0.0.1  Path=/some/path?with=query  From=pod-1  ClientIP=127.0.0.1  XFF=1.2.3.4\n"));
    }

    @ParameterizedTest
    @EnumSource(
            value = Method.class,
            names = {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
    void everyMethodIsEchoed(Method method) {
        client().request(method, "/m").then().statusCode(200).body(startsWith("Host=127.0.0.1  Path=/m  "));
    }

    @Test
    void headIsTheSameWithoutTheBody() {
        client().head("/h")
                .then()
                .statusCode(200)
                .header(
                        "Content-Length",
                        equalTo(String.valueOf(
                                "Host=127.0.0.1  Path=/h  From=pod-1  ClientIP=127.0.0.1  XFF=\n".length())))
                .body(emptyString());
    }

    @Test
    void traceIsRefused() {
        client().request("TRACE", "/").then().statusCode(405).header("Allow", startsWith("GET, HEAD"));
    }

    @Test
    void bodiesAreReadAndIgnored() {
        client().body("x".repeat(1 << 20)).post("/b").then().statusCode(200).body(endsWith("XFF=\n"));
    }

    @Test
    void bodiesOfMoreThanAMebibyteAreRefused() {
        client().body("x".repeat((1 << 20) + 1))
                .post("/b")
                .then()
                .statusCode(413)
                .header("Connection", "close");
    }

    @Test
    void thePathIsNotDecoded() {
        client().get("/a/%2F%C3%A9?q=%7a").then().body(startsWith("Host=127.0.0.1  Path=/a/%2F%C3%A9?q=%7a  "));
    }

    @Test
    void aPathThatClimbsAboveTheRootIsRefusedInOneLine() {
        client().get("/a/../..")
                .then()
                .statusCode(400)
                .header("Content-Type", "text/plain; charset=utf-8")
                .body(equalTo("400 Bad Request: the path has a bad percent-encoding or climbs above /\n"));
    }

    @Test
    void markupIsEchoedAsText() {
        client().header("X-Forwarded-For", "<script>alert(1)</script>")
                .get("/")
                .then()
                .header("Content-Type", "text/plain; charset=utf-8")
                .header("X-Content-Type-Options", "nosniff")
                .body(endsWith("XFF=<script>alert(1)</script>\n"));
    }

    @Test
    void repeatedForwardedForIsJoined() {
        client().header("X-Forwarded-For", "a", "b, c").get("/").then().body(endsWith("XFF=a, b, c\n"));
    }
}

package io.kubeecho.echo;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.kubeecho.echo.ops.SwitchAccess;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SickSwitchTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        start(SwitchAccess.LOOPBACK);
    }

    private void start(SwitchAccess access) throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withEventLoops(2)
                .withManagementPort(0)
                .withSwitches(access));
    }

    private RequestSpecification management() {
        return given().baseUri("http://127.0.0.1")
                .urlEncodingEnabled(false)
                .port(server.managementPort().orElseThrow());
    }

    private RequestSpecification echo() {
        return given().baseUri("http://127.0.0.1").urlEncodingEnabled(false).port(server.port());
    }

    @Test
    void aSickPodErrsWhileItsProbesStayGreen() {
        management().post("/sick").then().statusCode(200).body(equalTo("sick: fault=503\n"));
        for (int i = 0; i < 4; i++) {
            echo().get("/?kube-echo.status=200")
                    .then()
                    .statusCode(503)
                    .header("Kube-Echo-Fault", "503")
                    .body(containsString("From=pod-1"));
        }
        management().get("/livez").then().statusCode(200);
        management().get("/readyz").then().statusCode(200);
        management().get("/sick").then().statusCode(200).body(equalTo("sick: fault=503\n"));

        management().post("/well").then().statusCode(200).body(equalTo("well\n"));
        for (int i = 0; i < 4; i++) {
            echo().get("/").then().statusCode(200);
        }
        management().get("/sick").then().body(equalTo("well\n"));
    }

    @Test
    void noRequestCanAskASickPodToBeWell() {
        management().post("/sick?fault=500").then().statusCode(200);
        for (String asked : new String[] {
            "fault-rate=0", "fail-first=0&kube-echo.key=k", "fault=404", "status=200", "status=nonsense", "nothing=1"
        }) {
            echo().get("/?kube-echo." + asked).then().statusCode(500);
        }
        echo().get("/?kube-echo.format=json").then().statusCode(500).contentType("application/json");
    }

    @Test
    void howItErrsCanBeSaid() {
        management().post("/sick?fail-first=1&fault=500").then().statusCode(200);
        echo().get("/").then().statusCode(500);
        echo().get("/").then().statusCode(200);
        management()
                .post("/sick?fault=9")
                .then()
                .statusCode(400)
                .body(equalTo("400 fault is not 400 to 599, reset or close\n"));
    }

    @Test
    void nobodyMaySwitchUnlessASettingSaysWho() throws Exception {
        start(SwitchAccess.OFF);
        management().post("/sick").then().statusCode(403);
        management().post("/well").then().statusCode(403);
        management().get("/sick").then().statusCode(200).body(equalTo("well\n"));
        management().get("/well").then().statusCode(405);
        management().delete("/sick").then().statusCode(405);
        echo().get("/").then().statusCode(200);
    }
}

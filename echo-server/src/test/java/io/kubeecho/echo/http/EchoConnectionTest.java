package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EchoConnectionTest {

    private static final String NEXT = "GET /next HTTP/1.1\r\nHost: next\r\n\r\n";

    private final InMemoryConnection connection = new InMemoryConnection();

    @AfterEach
    void close() {
        connection.close();
    }

    @Test
    void answersToTheByte() {
        connection.send("GET /a?b HTTP/1.1\r\nHost: Example.com:80\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n");

        String body = "Host=example.com  Path=/a?b  From=pod-1  ClientIP=127.0.0.1  XFF=1.2.3.4\n";
        assertThat(connection.received())
                .isEqualTo("HTTP/1.1 200 OK\r\nServer: kube-echo\r\nDate: …\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
                        + "Content-Length: " + body.length() + "\r\n\r\n" + body);
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void refusesInOneLineOfPlainText() {
        connection.send("GET / HTTP/1.1\r\n\r\n");

        String body = "400 Bad Request: an HTTP/1.1 request needs a Host\n";
        assertThat(connection.received())
                .isEqualTo("HTTP/1.1 400 Bad Request\r\nServer: kube-echo\r\nDate: …\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
                        + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body);
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void namesTheMethodsThatAreEchoedWhenItRefusesOne() {
        connection.send("TRACE / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(connection.received())
                .startsWith("HTTP/1.1 405 ")
                .contains("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
    }

    @Test
    void tellsAClientOfHttp10ThatTheConnectionIsKept() {
        connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

        assertThat(connection.received())
                .contains("\r\nConnection: keep-alive\r\n")
                .contains("Host=_  ");
        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void answersHttp09WithTheBareLine() {
        connection.send("GET /old\r\n");

        assertThat(connection.received()).isEqualTo("Host=_  Path=/old  From=pod-1  ClientIP=127.0.0.1  XFF=\n");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void answersPipelinedRequestsInOrder() {
        connection.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n" + NEXT + "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(connection.received()).containsSubsequence("Path=/1 ", "Path=/next ", "Path=/3 ");
    }

    @Test
    void answersBeforeTheBodyIsThereAndGoesOnBehindIt() {
        connection.send("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        assertThat(connection.received()).contains("Path=/1 ");

        connection.send("llo" + NEXT);
        assertThat(connection.received()).containsSubsequence("Path=/1 ", "Path=/next ");
    }

    @Test
    void endsTheConnectionWhenABadChunkComesBehindTheAnswer() {
        connection.send("POST /1 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        connection.send("zz\r\n");

        assertThat(connection.received()).contains("Path=/1 ").doesNotContain("400");
        assertThat(connection.isOpen()).isFalse();
    }

    @Test
    void carriesAsManyRequestsAsItMay() {
        try (InMemoryConnection limited =
                new InMemoryConnection(ConnectionLimits.defaults().withRequests(2), null)) {
            limited.send(NEXT);
            assertThat(limited.received()).doesNotContain("Connection: close");
            limited.send(NEXT);
            assertThat(limited.received()).contains("\r\nConnection: close\r\n");
            assertThat(limited.isOpen()).isFalse();
        }
    }

    @Test
    void countsWhatItDid() {
        connection.send(NEXT + NEXT + "X");
        connection.send("\u0001");

        Traffic traffic = new Traffic(java.util.List.of(connection.loop().traffic()));
        assertThat(traffic.requests(Status.OK)).isEqualTo(2);
        assertThat(traffic.requests(Status.BAD_REQUEST)).isEqualTo(1);
        assertThat(traffic.connectionsAccepted()).isEqualTo(1);
        assertThat(traffic.connectionsOpen()).isZero();
        assertThat(java.util.Arrays.stream(traffic.requestsByTime()).sum()).isEqualTo(3);
        assertThat(traffic.totalTime()).isPositive();
    }

    @Test
    void refusesTlsWithItsFirstByte() {
        connection.send("\u0016");

        assertThat(connection.received()).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void aReadWithoutARequestLeavesAllTheTimeForOne() throws Exception {
        Thread.sleep(20); // since the event loop looked at its clock
        long now = System.nanoTime();
        connection.readNothing();
        long keepAlive = ConnectionLimits.defaults().keepAlive().toNanos();
        assertThat(connection.deadline() - now).isGreaterThanOrEqualTo(keepAlive);
    }

    /** Line ends before a request are read over (RFC 9112 section 2.2), but are no reason to wait for ever. */
    @Test
    void aDripOfEmptyLinesHasTheTimeOfAHead() {
        try (InMemoryConnection connection = new InMemoryConnection()) {
            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").send("\r\n");
            long deadline = connection.deadline();
            connection.send("\r\n").send("\n");
            assertThat(connection.deadline()).isEqualTo(deadline);
            assertThat(deadline - System.nanoTime())
                    .isLessThanOrEqualTo(ConnectionLimits.defaults().head().toNanos());

            connection.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.deadline() - System.nanoTime())
                    .isGreaterThan(ConnectionLimits.defaults().head().toNanos());
        }
    }

    @Test
    void aHeadThatThereIsNoRoomForIsAnsweredSo() {
        ByteBudget budget = new ByteBudget(64 << 10);
        budget.take(Holding.DIAL, 50 << 10);
        try (InMemoryConnection connection = new InMemoryConnection(budget)) {
            connection.send("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
            connection.send("GET /large HTTP/1.1\r\nHost: a\r\n");
            assertThat(connection.received()).contains("Path=/small ").doesNotContain("503");
            assertThat(budget.held(Holding.HEAD)).isPositive();

            connection.send("X: " + "x".repeat(8000) + "\r\nY: " + "y".repeat(8000));
            assertThat(connection.received())
                    .contains("HTTP/1.1 503 Service Unavailable\r\n")
                    .contains("\r\nRetry-After: 1\r\n")
                    .contains("\r\nConnection: close\r\n")
                    .endsWith(
                            "503 Service Unavailable: the connections of this server hold as much as they may; try again\n");
        }
        assertThat(budget.refused(Holding.HEAD)).isEqualTo(1);
        assertThat(budget.held()).isEqualTo(50 << 10);
    }

    @Test
    void aDelayedAnswerThatThereIsNoRoomForIsRefused() {
        ByteBudget budget = new ByteBudget(64 << 10);
        budget.take(Holding.DIAL, 58 << 10);
        try (InMemoryConnection connection = new InMemoryConnection(budget)) {
            connection.send("GET /?kube-echo.delay=1s&kube-echo.format=json HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(connection.received()).contains("HTTP/1.1 503 Service Unavailable\r\n");
        }
    }
}

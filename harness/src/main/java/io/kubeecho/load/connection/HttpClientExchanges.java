package io.kubeecho.load.connection;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The exchanges on a connection of Vert.x's HttpClient, one after the other. */
final class HttpClientExchanges implements Connection {

    private static final long LEAVE_SECONDS = 1;

    private final HttpClientConnection connection;
    private final String identityHeader;
    private final Answer answer = new Answer();
    private @Nullable ConnectionEvents events;
    private boolean asking;
    private boolean begun;

    HttpClientExchanges(HttpClientConnection connection, Optional<String> identityHeader, ConnectionEvents events) {
        this.connection = connection;
        this.identityHeader = identityHeader.orElse("");
        this.events = events;
    }

    @Override
    public void send(Request request, boolean last) {
        asking = true;
        begun = false;
        connection
                .request(options(request, last))
                .compose(to -> request.body().isEmpty() ? to.send() : to.send(request.body()))
                .onComplete(this::read, this::lost);
    }

    private void read(HttpClientResponse response) {
        begun = true;
        response.body().onComplete(body -> answered(response, body), this::lost);
    }

    private void answered(HttpClientResponse response, Buffer content) {
        ConnectionEvents told = events;
        if (told == null) {
            return;
        }
        asking = false;
        answer.status = response.statusCode();
        answer.bodyBytes = content.length();
        answer.staysOpen = connection.protocolVersion() == HttpVersion.HTTP_2
                || !"close".equalsIgnoreCase(response.getHeader("Connection"));
        answer.body = content.getBytes(0, Math.min(content.length(), AnswerReader.KEPT_BODY));
        answer.bodyTo = answer.body.length;
        String named = identityHeader.isEmpty() ? null : response.getHeader(identityHeader);
        answer.header = named == null ? new byte[0] : named.getBytes(StandardCharsets.UTF_8);
        answer.headerTo = answer.header.length;
        told.answered(answer);
    }

    private RequestOptions options(Request request, boolean last) {
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.valueOf(request.method()))
                .setHost(request.target().host())
                .setPort(request.target().port())
                .setSsl(request.target().tls())
                .setURI(request.target().path());
        request.headers().forEach(h -> options.addHeader(h.getKey(), h.getValue()));
        if (last && connection.protocolVersion() != HttpVersion.HTTP_2) {
            options.putHeader("Connection", "close");
        }
        return options;
    }

    private void lost(Throwable cause) {
        ConnectionEvents told = events;
        if (told == null || !asking) {
            return;
        }
        events = null;
        connection.close();
        told.broken(begun ? ErrorKind.RESET_IN_ANSWER : ErrorKind.RESET_BEFORE_ANSWER, Failures.describe(cause));
    }

    /** The connection has ended; a request in flight is told so by its own future. */
    void closed() {
        ConnectionEvents told = events;
        if (told != null && !asking) {
            events = null;
            told.closedByTarget();
        }
    }

    @Override
    public void close() {
        events = null;
        connection.close();
    }

    @Override
    public void leave() {
        events = null;
        if (connection.protocolVersion() == HttpVersion.HTTP_2) {
            connection.close();
        } else {
            connection.shutdown(LEAVE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public String localAddress() {
        return connection.localAddress().hostAddress();
    }
}

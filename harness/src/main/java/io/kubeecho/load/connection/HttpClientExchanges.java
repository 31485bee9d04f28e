package io.kubeecho.load.connection;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The exchanges on a connection of Vert.x's HttpClient, one after the other. */
final class HttpClientExchanges implements Connection {

    private static final long LEAVE_SECONDS = 1;

    /** Of a stream that has not been opened. */
    private static final long NOT_SENT = -1;

    private final HttpClientConnection connection;
    private final String identityHeader;
    private final Answer answer = new Answer();
    private @Nullable ConnectionEvents events;
    private boolean asking;
    private boolean begun;
    private boolean goingAway;
    private long streamId = NOT_SENT;
    private long sent;

    private HttpClientExchanges(
            HttpClientConnection connection, Optional<String> identityHeader, ConnectionEvents events) {
        this.connection = connection;
        this.identityHeader = identityHeader.orElse("");
        this.events = events;
    }

    static HttpClientExchanges on(
            HttpClientConnection opened, Optional<String> identityHeader, ConnectionEvents events) {
        HttpClientExchanges exchanges = new HttpClientExchanges(opened, identityHeader, events);
        opened.closeHandler(ignored -> exchanges.closed());
        if (opened.protocolVersion() == HttpVersion.HTTP_2) {
            opened.goAwayHandler(ignored -> exchanges.goingAway());
        }
        return exchanges;
    }

    @Override
    public void send(Request request, boolean last) {
        asking = true;
        begun = false;
        streamId = NOT_SENT;
        connection
                .request(options(request, last))
                .compose(to -> {
                    Future<HttpClientResponse> answer =
                            request.body().length() == 0 ? to.send() : to.send(request.body());
                    // a client's streams have the odd numbers (RFC 9113, 5.1.1), and nobody else opens one here
                    streamId = 2 * ++sent - 1;
                    return answer;
                })
                .onComplete(this::read, this::lost);
    }

    /** GOAWAY: what is in flight may still be answered, and nothing after it. */
    private void goingAway() {
        goingAway = true;
        ConnectionEvents told = events;
        if (told != null && !asking) {
            events = null;
            connection.close();
            told.closedByTarget();
        }
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
                ? !goingAway
                : !"close".equalsIgnoreCase(response.getHeader("Connection"));
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
        Optional<String> notProcessed = begun ? Optional.empty() : notProcessed(cause);
        connection.close();
        if (notProcessed.isPresent()) {
            told.notProcessed(notProcessed.get());
            return;
        }
        told.broken(begun ? ErrorKind.RESET_IN_ANSWER : ErrorKind.RESET_BEFORE_ANSWER, Failures.describe(cause));
    }

    /**
     * Whether the target says that it has not processed the request: RFC 9113, 8.7 has it say so by REFUSED_STREAM, and by a
     * GOAWAY whose last stream is an earlier one, in however many steps that comes.
     */
    private Optional<String> notProcessed(Throwable cause) {
        if (connection.protocolVersion() != HttpVersion.HTTP_2) {
            return Optional.empty();
        }
        if (cause instanceof StreamResetException reset && reset.getCode() == Http2Error.REFUSED_STREAM.code()) {
            return Optional.of("REFUSED_STREAM");
        }
        if (goingAway && streamId == NOT_SENT) {
            return Optional.of("GOAWAY before it was sent");
        }
        int last = lastStreamKnownByPeer();
        return last >= 0 && streamId > last
                ? Optional.of("GOAWAY, of which the last stream is " + last)
                : Optional.empty();
    }

    /** By the last GOAWAY; negative if there was none. Vert.x tells of the first one only, so that Netty is asked. */
    private int lastStreamKnownByPeer() {
        if (!(connection instanceof UnpooledHttpClientConnection unpooled)) {
            return -1;
        }
        Http2ConnectionHandler handler =
                unpooled.unwrap().channelHandlerContext().pipeline().get(Http2ConnectionHandler.class);
        return handler == null || !handler.connection().goAwayReceived()
                ? -1
                : handler.connection().local().lastStreamKnownByPeer();
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

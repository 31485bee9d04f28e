package io.kubeecho.load.drive;

import io.kubeecho.load.address.Target;
import io.kubeecho.load.connection.Answer;
import io.kubeecho.load.connection.Connection;
import io.kubeecho.load.connection.ConnectionEvents;
import io.kubeecho.load.connection.Connector;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.identity.IdentityMemo;
import io.kubeecho.output.PlainText;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One request on a connection of its own, or on the next one if the target has not processed it on the first. */
final class Check implements ConnectionEvents {

    private final Connector connector;
    private final Target target;
    private final String source;
    private final Request request;
    private final IdentityMemo identities;
    private final CompletableFuture<Reachability> result = new CompletableFuture<>();
    private @Nullable Connection connection;
    private int begun;

    /** @param target at the address that is asked */
    Check(Connector connector, Target target, String source, Request request, IdentityMemo identities) {
        this.connector = connector;
        this.target = target;
        this.source = source;
        this.request = request;
        this.identities = identities;
    }

    CompletableFuture<Reachability> start() {
        connect();
        return result;
    }

    private void connect() {
        begun++;
        connector.connect(target, source, this);
    }

    @Override
    public void connected(Connection opened) {
        connection = opened;
        opened.send(request, true);
    }

    @Override
    public void notConnected(ErrorKind kind, String detail) {
        fail(kind, detail);
    }

    @Override
    public void answered(Answer answer) {
        result.complete(new Reachability.Answers(
                answer.status(),
                identities.read(
                        answer.body(),
                        answer.bodyFrom(),
                        answer.bodyTo(),
                        answer.header(),
                        answer.headerFrom(),
                        answer.headerTo())));
        if (connection != null) {
            connection.leave();
        }
    }

    @Override
    public void broken(ErrorKind kind, String detail) {
        fail(kind, detail);
    }

    @Override
    public void notProcessed(String detail) {
        if (begun < LoadClient.MOST_SENDS && !result.isDone()) {
            connect();
        } else {
            fail(ErrorKind.RESET_BEFORE_ANSWER, detail);
        }
    }

    @Override
    public void closedByTarget() {
        fail(ErrorKind.RESET_BEFORE_ANSWER, "closed by the target");
    }

    private void fail(ErrorKind kind, String detail) {
        result.complete(new Reachability.Fails(request.target().url(), kind, PlainText.inLine(detail), List.of()));
    }
}

package io.kubeecho.load.drive;

import io.kubeecho.load.connection.Answer;
import io.kubeecho.load.connection.Connection;
import io.kubeecho.load.connection.ConnectionEvents;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.identity.IdentityMemo;
import io.kubeecho.load.measure.LoopTally;
import io.kubeecho.load.measure.Visit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One client: a source address, at most one connection and at most one request in flight. All times are nanoseconds from
 * the start of what is measured.
 */
final class LoadClient {

    /** A target that never takes a request is as good as one that loses it. */
    static final int MOST_SENDS = 3;

    private enum Phase {
        IDLE,
        OPENING_AHEAD,
        OPENING,
        ASKING
    }

    private final LoadLoop loop;
    private final LoopTally tally;
    private final List<Request> requests;
    private final String source;
    private final IdentityMemo identities;
    private final int requestsPerConnection;
    private final boolean churns;

    private Phase phase = Phase.IDLE;
    private int turn;
    private long intended;
    private long sent;
    private int sends;
    private @Nullable Request request;

    private @Nullable Link link;

    /** @param requests all to one front end, sent in turn */
    LoadClient(LoadLoop loop, List<Request> requests, String source, IdentityMemo identities, ConnectionPolicy policy) {
        this.loop = loop;
        this.tally = loop.tally();
        this.requests = requests;
        this.source = source;
        this.identities = identities;
        requestsPerConnection = policy instanceof ConnectionPolicy.PerConnection p ? p.requests() : Integer.MAX_VALUE;
        churns = policy instanceof ConnectionPolicy.Churn;
    }

    /** Opens its connection before the first request. */
    void openAhead() {
        phase = Phase.OPENING_AHEAD;
        open();
    }

    /**
     * Sends its next request; the client must be idle.
     *
     * @param intended when it was due
     */
    void begin(long intended) {
        this.intended = intended;
        sends = 0;
        request = requests.get(turn);
        turn = turn + 1 == requests.size() ? 0 : turn + 1;
        Link current = link;
        if (current != null && churns && loop.takeChurn()) {
            current.drop();
            current = null;
        }
        if (current == null) {
            phase = Phase.OPENING;
            sent = loop.now();
            open();
        } else {
            ask(current);
        }
    }

    /** Gives up what has taken longer than {@code timeout}. */
    void expire(long now, long timeout) {
        if (phase == Phase.ASKING && now - sent > timeout) {
            fail(ErrorKind.TIMEOUT, "no whole answer in time");
        }
    }

    /** Gives up what is in flight, at the end of a run. */
    void giveUp() {
        if (phase == Phase.ASKING) {
            fail(ErrorKind.TIMEOUT, "not answered when the run ended");
        } else if (phase == Phase.OPENING) {
            fail(ErrorKind.CONNECT_TIMEOUT, "not connected when the run ended");
        }
    }

    /** Closes its connection. */
    void close() {
        Link current = link;
        if (current != null) {
            current.drop();
        }
    }

    private void open() {
        Link opening = new Link(loop.now());
        link = opening;
        loop.connector().connect(requests.get(0).target(), source, opening);
    }

    private void ask(Link on) {
        Connection connection = on.connection;
        if (connection == null) {
            throw new IllegalStateException("asked before it was connected");
        }
        phase = Phase.ASKING;
        on.asked++;
        if (sends++ == 0) {
            // the time that it takes to send it again is time that the target takes
            sent = loop.now();
        }
        connection.send(Objects.requireNonNull(request), on.asked == requestsPerConnection);
    }

    /** What the target has not processed is no failure of it, unless it never does. */
    private void sendAgain(String detail) {
        if (sends == MOST_SENDS) {
            fail(ErrorKind.RESET_BEFORE_ANSWER, "not processed " + MOST_SENDS + " times: " + detail);
            return;
        }
        tally.sentAgain(intended);
        phase = Phase.OPENING;
        open();
    }

    private void fail(ErrorKind kind, String detail) {
        Link current = link;
        String pod = current == null ? "" : current.identity.pod();
        if (current != null) {
            current.drop();
        }
        phase = Phase.IDLE;
        tally.failed(intended, sent, loop.now(), kind, pod, detail);
        loop.failed(this, intended, kind, detail);
    }

    /** A connection of this client, from its opening on; what is told of one that was dropped is not heard. */
    private final class Link implements ConnectionEvents {

        private final long begun;
        private @Nullable Connection connection;
        private Identity identity = Identity.UNKNOWN;
        private int asked;
        private boolean seen;
        private boolean counted;

        Link(long begun) {
            this.begun = begun;
        }

        void drop() {
            if (connection != null) {
                connection.close();
            }
            link = null;
        }

        @Override
        public void connected(Connection opened) {
            if (link != this) {
                opened.close();
                return;
            }
            connection = opened;
            tally.connected(begun, loop.now());
            if (phase == Phase.OPENING_AHEAD) {
                phase = Phase.IDLE;
                loop.openedAhead(LoadClient.this);
            } else {
                ask(this);
            }
        }

        @Override
        public void notConnected(ErrorKind kind, String detail) {
            if (link != this) {
                return;
            }
            if (phase == Phase.OPENING_AHEAD) {
                // it will be tried again with the first request, and that counts
                link = null;
                phase = Phase.IDLE;
                loop.openedAhead(LoadClient.this);
            } else {
                fail(kind, detail);
            }
        }

        @Override
        public void answered(Answer answer) {
            if (link != this) {
                return;
            }
            long now = loop.now();
            identity = identities.read(
                    answer.body(),
                    answer.bodyFrom(),
                    answer.bodyTo(),
                    answer.header(),
                    answer.headerFrom(),
                    answer.headerTo());
            if (!counted) {
                visit();
            }
            tally.answered(intended, sent, now, answer.status(), answer.bodyBytes(), identity);
            if (!answer.staysOpen() || asked == requestsPerConnection) {
                if (connection != null) {
                    connection.leave();
                }
                link = null;
            }
            phase = Phase.IDLE;
            loop.answered(LoadClient.this, intended);
        }

        private void visit() {
            counted = intended >= 0;
            if (!seen || counted) {
                String local = connection == null ? source : connection.localAddress();
                tally.visited(new Visit(
                        begun,
                        !seen,
                        counted,
                        local,
                        identity.seenAddress(),
                        identity.pod(),
                        requests.get(0).target().authority()));
            }
            seen = true;
        }

        @Override
        public void notProcessed(String detail) {
            if (link == this) {
                link = null;
                sendAgain(detail);
            }
        }

        @Override
        public void broken(ErrorKind kind, String detail) {
            if (link == this) {
                fail(kind, detail);
            }
        }

        @Override
        public void closedByTarget() {
            if (link == this) {
                link = null;
                tally.closedByTarget(loop.now());
            }
        }
    }
}

package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.control.Fault;
import io.kubeecho.echo.control.Format;
import io.kubeecho.echo.control.Reading;
import io.kubeecho.echo.control.ResponseField;
import io.kubeecho.echo.http.Reply.Body.Filling;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

/** Makes the answers that controls ask for. Used by one event loop. */
final class AnswerComposer {

    private static final int OK = 200;
    private static final int NO_CONTENT = 204;
    private static final int RESET_CONTENT = 205;
    private static final int NOT_MODIFIED = 304;
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String JSON = "application/json";

    /** JSON writes a byte of a request as six characters at most. */
    private static final int JSON_OF_A_BYTE = 6;

    private final AnswerRules rules;
    private final ByteBudget budget;
    private final Controls standing;
    /** What the server is told to do at the moment, whatever it was configured to and whatever is asked for. */
    private Controls override = Controls.none();

    private boolean always;

    AnswerComposer(AnswerRules rules, ByteBudget budget) {
        this.rules = rules;
        this.budget = budget;
        standing = rules.standing();
        override(Controls.none());
    }

    /** Has every answer follow these controls, or, if they are none, as before. */
    void override(Controls controls) {
        override = controls;
        always = isOverridden() || !standing.isNone();
    }

    private boolean isOverridden() {
        return !override.isNone();
    }

    /** Whether a request may get anything but the plain echo; false for nearly all, and then at next to no cost. */
    boolean concerns(RequestHead head) {
        return always || (rules.byRequest() && head.asks());
    }

    /**
     * What a request gets.
     *
     * @param close whether the connection ends with the answer anyway
     */
    Reply compose(
            RequestHead head,
            byte[] middle,
            byte[] clientAddress,
            ConnectionFacts connection,
            byte[] httpDate,
            boolean close) {
        Controls asked = Controls.none();
        if (rules.byRequest() && head.asks()) {
            Reading reading = rules.read(head);
            if (reading instanceof Reading.Read read) {
                asked = read.controls();
            } else if (!isOverridden()) {
                return refusal(head, ((Reading.Wrong) reading).sentence(), httpDate, close);
            }
        }
        Controls controls = isOverridden() ? override.over(asked.over(standing).withoutFaults()) : asked.over(standing);
        if (controls.isNone()) {
            return new Reply.Plain();
        }
        Optional<Fault> fault = rules.nextFault(controls);
        if (fault.isPresent() && !(fault.get() instanceof Fault.Answered)) {
            return new Reply.CutOff(nanos(controls.delay()), fault.get() instanceof Fault.Reset);
        }
        int status = fault.isPresent() && fault.get() instanceof Fault.Answered answered
                ? answered.code()
                : controls.status().orElse(OK);
        if (status / 100 == 2 && head.condition() != Condition.HOLDS) {
            // conditions are for what would otherwise be a success (RFC 9110 section 13.2.1)
            return new Reply.Plain();
        }
        boolean json = controls.format().equals(Optional.of(Format.JSON));
        long delay = nanos(controls.delay());
        long bodyTime = nanos(controls.bodyTime());
        boolean kept = !Reply.Composed.isAtOnce(delay, bodyTime, controls.size().orElse(0));
        if (kept && !budget.hasRoomFor(Holding.ANSWER, (long) head.end() * (json ? JSON_OF_A_BYTE : 1))) {
            return new Reply.NoMemory();
        }
        ByteSink text = json ? rules.json().write(head, clientAddress, connection) : line(head, middle);
        int length = controls.size().orElse(text.size());
        if (json && length < text.size()) {
            return refusal(head, "kube-echo.size is less than the JSON has, which is " + text.size(), httpDate, close);
        }
        boolean hasBody = status != NO_CONTENT && status != RESET_CONTENT && status != NOT_MODIFIED;
        boolean chunked = hasBody && controls.chunked().orElse(false) && head.version() >= RequestHead.HTTP_11;
        boolean ends = close || controls.close().orElse(false) || head.version() == RequestHead.HTTP_09;

        ByteSink out = new ByteSink(512);
        if (head.version() != RequestHead.HTTP_09) {
            addStatusLine(out, status, httpDate);
            if (hasBody) {
                addType(out, json ? JSON : TEXT);
            }
            if (fault.isPresent()) {
                out.append(ByteSink.ascii("\r\nKube-Echo-Fault: " + status));
            }
            for (ResponseField field : controls.fields()) {
                out.append(('\r' + "\n" + field.name() + ": " + field.value()).getBytes(StandardCharsets.ISO_8859_1));
            }
            if (chunked) {
                out.append(ByteSink.ascii("\r\nTransfer-Encoding: chunked"));
            } else if (hasBody || status == RESET_CONTENT) {
                addLength(out, hasBody ? length : 0);
            }
            out.append(Answers.end(head, ends));
        }
        Reply.Body body = hasBody && head.method() != Method.HEAD
                ? new Reply.Body(text, json ? Filling.SPACES : Filling.DOTS, length, true)
                : Reply.Body.none();
        return new Reply.Composed(status, out, body, chunked, ends, delay, bodyTime);
    }

    private static ByteSink line(RequestHead head, byte[] middle) {
        ByteSink line = new ByteSink(256);
        Answers.addLine(line, head, middle);
        return line;
    }

    /** One line that says what is wrong with a control; the request as such was sound, so the connection goes on. */
    private static Reply refusal(RequestHead head, String sentence, byte[] httpDate, boolean close) {
        int status = Status.BAD_REQUEST.code();
        ByteSink line = new ByteSink(256);
        line.append(ByteSink.ascii(status + " " + Status.BAD_REQUEST.reason() + ": " + sentence + "\n"));
        ByteSink out = new ByteSink(256);
        addStatusLine(out, status, httpDate);
        addType(out, TEXT);
        addLength(out, line.size());
        out.append(Answers.end(head, close));
        Reply.Body body = head.method() == Method.HEAD
                ? Reply.Body.none()
                : new Reply.Body(line, Filling.SPACES, line.size(), true);
        return new Reply.Composed(status, out, body, false, close, 0, 0);
    }

    private static void addStatusLine(ByteSink out, int status, byte[] httpDate) {
        String reason = HttpResponseStatus.valueOf(status).reasonPhrase();
        out.append(ByteSink.ascii("HTTP/1.1 " + status + " " + reason + "\r\nServer: kube-echo\r\nDate: "))
                .append(httpDate);
    }

    private static void addType(ByteSink out, String type) {
        out.append(ByteSink.ascii("\r\nContent-Type: " + type + "\r\nX-Content-Type-Options: nosniff"));
    }

    private static void addLength(ByteSink out, int length) {
        out.append(ByteSink.ascii("\r\nContent-Length: ")).appendDecimal(length);
    }

    private static long nanos(Optional<Duration> time) {
        return time.map(Duration::toNanos).orElse(0L);
    }
}

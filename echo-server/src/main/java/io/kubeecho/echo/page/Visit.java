package io.kubeecho.echo.page;

import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.netty.util.NetUtil;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One new connection and what came of it.
 *
 * @param gap from the start of the connection before it to its own, by which Services measure affinity; empty for the first
 * @param took from its start to the whole answer, or to the failure
 */
record Visit(Optional<Duration> gap, Duration took, Outcome outcome) {

    /** Who answered, or why nobody did. Nothing else of an answer is kept: what a target serves is not the page's to show. */
    sealed interface Outcome {}

    /**
     * A pod gave its line.
     *
     * @param pod from {@code From=}
     * @param seen the address of the client as the pod saw it, from {@code ClientIP=}
     * @param own the address that the connection was really made from
     */
    record Answered(String pod, String seen, String own) implements Outcome {

        /** Whether nobody on the way changed the source address. */
        boolean kept() {
            byte[] address = NetUtil.createByteArrayFromIpAddressString(seen);
            return address != null && Arrays.equals(address, NetUtil.createByteArrayFromIpAddressString(own));
        }
    }

    /** Something answered that is no echo pod. */
    record Unnamed(int status) implements Outcome {}

    /** There was no connection, or no whole answer on it. */
    record Failed(Failure failure) implements Outcome {}

    /** A pod's name is a DNS label of at most 63 characters; what is longer comes from something else. */
    private static final Pattern LINE = Pattern.compile(
            "Host=.*  From=(?<pod>[a-z0-9._-]{1,253})  ClientIP=(?<seen>[0-9a-fA-F:.]{2,45})  XFF=.*", Pattern.DOTALL);

    /** What an attempt tells the audience. */
    static Visit of(Dialed attempt, Optional<Duration> gap) {
        return new Visit(
                gap, Duration.ofNanos(attempt.endedNanos() - attempt.startedNanos()), outcome(attempt.outcome()));
    }

    private static Outcome outcome(Dialed.Outcome outcome) {
        if (outcome instanceof Dialed.Answered answered) {
            Matcher line = LINE.matcher(answered.body());
            return line.matches()
                    ? new Answered(line.group("pod"), line.group("seen"), answered.localAddress())
                    : new Unnamed(answered.status());
        }
        if (outcome instanceof Dialed.Broken broken) {
            return new Failed(broken.failure());
        }
        return new Failed(((Dialed.NotConnected) outcome).failure());
    }
}

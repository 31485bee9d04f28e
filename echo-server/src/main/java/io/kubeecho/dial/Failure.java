package io.kubeecho.dial;

import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/** The classes of transport errors, which say different things about a data plane and are counted apart. */
public enum Failure {
    /** Somebody said no at once: RST to the SYN, or an ICMP port unreachable as kube-proxy's REJECT sends it. */
    REFUSED,
    /** Nobody said anything in time: a packet was dropped. */
    TIMEOUT,
    /** An established connection was reset. */
    RESET,
    /** An established connection was closed before the whole answer. */
    CLOSED,
    /** No route, or an ICMP host or network unreachable. */
    UNREACHABLE,
    /** The name was not resolved. */
    DNS,
    /** The client could not even try: its own address or ports were not to be had. */
    LOCAL,
    /** Anything else; the detail says what. */
    OTHER;

    /** The class of an exception from a connect or a request. */
    public static Failure of(Throwable cause) {
        String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        if (cause instanceof UnknownHostException) {
            return DNS;
        }
        if (cause instanceof BindException
                || message.contains("cannot assign requested address")
                || message.contains("address already in use")
                || message.contains("too many open files")
                || message.contains("no buffer space")) {
            return LOCAL;
        }
        if (cause instanceof NoRouteToHostException
                || message.contains("unreachable")
                || message.contains("no route to host")) {
            return UNREACHABLE;
        }
        // Netty's connect timeout is a ConnectException too, so the timeout is looked for first
        if (cause instanceof TimeoutException || message.contains("timed out") || message.contains("timeout")) {
            return TIMEOUT;
        }
        if (message.contains("refused")) {
            return REFUSED;
        }
        if (message.contains("reset") || message.contains("broken pipe")) {
            return RESET;
        }
        if (message.contains("closed")) {
            return CLOSED;
        }
        if (cause instanceof SocketException) {
            return cause instanceof ConnectException ? OTHER : LOCAL;
        }
        return OTHER;
    }
}

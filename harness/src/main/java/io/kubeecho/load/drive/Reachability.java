package io.kubeecho.load.drive;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.Identity;
import java.util.List;

/** What one request before the load showed: a load against nobody should not begin. */
public sealed interface Reachability {

    /** It answers. */
    record Answers(int status, Identity identity) implements Reachability {}

    /**
     * It does not, for this reason.
     *
     * @param tried its addresses, each with what came of it, where it has several
     */
    record Fails(String url, ErrorKind kind, String detail, List<String> tried) implements Reachability {

        public Fails {
            tried = List.copyOf(tried);
        }

        /** In one line what is wrong and what to do. */
        public String text() {
            if (!tried.isEmpty()) {
                return url + " cannot be had at any address of its name: " + String.join(", ", tried);
            }
            return url + " "
                    + switch (kind) {
                        case REFUSED -> "refuses connections: nothing listens there";
                        case UNREACHABLE -> "cannot be reached: " + detail;
                        case CONNECT_TIMEOUT -> "does not answer a connect in time (--timeout)";
                        case TLS ->
                            "cannot be spoken to by TLS: " + detail
                                    + "; --ca names another authority, --insecure takes any certificate";
                        case LOCAL -> "could not be tried: " + detail;
                        case RESET_BEFORE_ANSWER -> "closes the connection without an answer: " + detail;
                        case RESET_IN_ANSWER -> "closes the connection within its answer: " + detail;
                        case TIMEOUT -> "takes a connection and does not answer in time (--timeout)";
                        case MALFORMED -> "does not speak the HTTP that it is asked in (--http): " + detail;
                        case HTTP_4XX, HTTP_5XX, NOT_SENT, OTHER -> "cannot be loaded: " + detail;
                    };
        }
    }
}

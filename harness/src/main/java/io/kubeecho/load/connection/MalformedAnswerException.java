package io.kubeecho.load.connection;

/** What came is not an HTTP answer. */
final class MalformedAnswerException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedAnswerException(String message) {
        super(message);
    }
}

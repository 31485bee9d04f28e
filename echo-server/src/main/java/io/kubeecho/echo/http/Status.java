package io.kubeecho.echo.http;

import java.util.Arrays;
import java.util.Optional;

/** The statuses the echo port answers, and those that only the access log sees because the client was gone. */
public enum Status {
    OK(200, "OK"),
    NOT_MODIFIED(304, "Not Modified"),
    BAD_REQUEST(400, "Bad Request"),
    NOT_ALLOWED(405, "Method Not Allowed"),
    REQUEST_TIMEOUT(408, "Request Timeout"),
    PRECONDITION_FAILED(412, "Precondition Failed"),
    CONTENT_TOO_LARGE(413, "Content Too Large"),
    URI_TOO_LONG(414, "URI Too Long"),
    /** A connection that was cut off because that was asked for; nginx's number for it. */
    CUT_OFF(444, "Connection Closed Without Response"),
    NOT_IMPLEMENTED(501, "Not Implemented"),
    UNAVAILABLE(503, "Service Unavailable"),
    VERSION_NOT_SUPPORTED(505, "HTTP Version Not Supported");

    /** The number after the largest status. */
    static final int BEYOND = 600;

    private final int code;
    private final String reason;

    Status(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    static Optional<Status> of(int code) {
        return Arrays.stream(values()).filter(status -> status.code == code).findFirst();
    }

    /** The three digits. */
    public int code() {
        return code;
    }

    /** The reason phrase of RFC 9110. */
    public String reason() {
        return reason;
    }
}

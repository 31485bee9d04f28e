package io.kubeecho.echo.http;

/**
 * Why a request is not echoed. Each is a case in which nginx 1.22 with echo-nginx's configuration refuses too, with
 * the same status; the sentence is ours.
 */
enum Refusal {
    METHOD(Status.BAD_REQUEST, "a method is made of A to Z, - and _"),
    TARGET(Status.BAD_REQUEST, "the request target is neither a path nor an absolute URI"),
    PATH(Status.BAD_REQUEST, "the path has a bad percent-encoding or climbs above /"),
    REQUEST_LINE(Status.BAD_REQUEST, "the request line does not end in HTTP/1.0 or HTTP/1.1"),
    METHOD_OF_HTTP_09(Status.BAD_REQUEST, "a request without a version can only be a GET"),
    VERSION(Status.VERSION_NOT_SUPPORTED, "only HTTP/1.1, 1.0 and 0.9 are spoken here"),
    LINE_TOO_LONG(Status.URI_TOO_LONG, "the request line is longer than 8192 bytes"),
    HEAD_TOO_LARGE(Status.BAD_REQUEST, "the header fields are larger than four buffers of 8192 bytes"),
    TOO_MANY_FIELDS(Status.BAD_REQUEST, "there are more than 1000 header fields"),
    FIELD(Status.BAD_REQUEST, "a header field is malformed"),
    PSEUDO_FIELDS(Status.BAD_REQUEST, "a request of HTTP/2 needs :method, :scheme and :path"),
    REPEATED_FIELD(Status.BAD_REQUEST, "a header field that may come once came twice"),
    HOST(Status.BAD_REQUEST, "the host is not valid"),
    NO_HOST(Status.BAD_REQUEST, "an HTTP/1.1 request needs a Host"),
    CONTENT_LENGTH(Status.BAD_REQUEST, "Content-Length is not a number"),
    TRANSFER_ENCODING_OF_HTTP_10(Status.BAD_REQUEST, "Transfer-Encoding is not part of HTTP/1.0"),
    TWO_LENGTHS(Status.BAD_REQUEST, "Content-Length and Transfer-Encoding contradict each other"),
    TRANSFER_ENCODING(Status.NOT_IMPLEMENTED, "the only transfer coding known here is chunked"),
    NOT_ECHOED(Status.NOT_ALLOWED, "TRACE and CONNECT are not echoed"),
    PRECONDITION(Status.PRECONDITION_FAILED, "an echo has neither an entity tag nor a date to match"),
    BODY_TOO_LARGE(Status.CONTENT_TOO_LARGE, "a body may have 1048576 bytes"),
    CHUNKS(Status.BAD_REQUEST, "the chunked body is malformed"),
    /** Past the memory budget, where nginx would answer 500 or close. */
    NO_MEMORY(Status.UNAVAILABLE, "the connections of this server hold as much as they may; try again");

    private final Status status;
    private final String line;

    Refusal(Status status, String sentence) {
        this.status = status;
        this.line = status.code() + " " + status.reason() + ": " + sentence + "\n";
    }

    Status status() {
        return status;
    }

    /** The body of the answer, one line of ASCII with its end. */
    String line() {
        return line;
    }
}

package io.kubeecho.echo.http;

/** The version of HTTP that a request came in, for counting. */
public enum Protocol {
    /** What came was no request line. */
    UNKNOWN(0, "unknown"),
    HTTP_0_9(1, "HTTP/0.9"),
    HTTP_1_0(2, "HTTP/1.0"),
    /** Also any later minor version, which is answered as this one. */
    HTTP_1_1(3, "HTTP/1.1"),
    HTTP_2_0(4, "HTTP/2.0");

    /** As many as there are. */
    static final int COUNT = 5;

    private final int row;
    private final String text;

    Protocol(int row, String text) {
        this.row = row;
        this.text = text;
    }

    static Protocol of(RequestHead head) {
        if (!head.versionKnown()) {
            return UNKNOWN;
        }
        return switch (head.version()) {
            case RequestHead.HTTP_09 -> HTTP_0_9;
            case RequestHead.HTTP_10 -> HTTP_1_0;
            case RequestHead.HTTP_20 -> HTTP_2_0;
            default -> HTTP_1_1;
        };
    }

    /** Its place in a table of {@link #COUNT} rows. */
    int row() {
        return row;
    }

    /** As a request line has it. */
    public String text() {
        return text;
    }
}

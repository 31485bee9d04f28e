package io.kubeecho.echo.http;

/** Writes requests as lines, each with its line end, into the bytes of an event loop. */
sealed interface LogLine permits NginxLogLine, JsonLogLine {

    /**
     * Appends a line.
     *
     * @param head as far as it was read
     * @param limit the index after the last byte that was received, for a request line that did not end
     * @param bodyBytes how many bytes of a body were sent
     * @param timing what is known of the time it took
     */
    void append(Caller caller, RequestHead head, int limit, int status, int bodyBytes, LogTiming timing);

    /** The index after the request line, as far as it was received. */
    static int lineEnd(RequestHead head, int limit) {
        if (head.lineEnd() > 0) {
            return head.at(head.lineEnd());
        }
        byte[] bytes = head.bytes();
        int end = head.at(0);
        while (end < limit && bytes[end] != '\r' && bytes[end] != '\n') {
            end++;
        }
        return end;
    }
}

package io.kubeecho.load.connection;

/** A whole answer, in arrays that belong to the connection. */
public final class Answer {

    int status;
    long bodyBytes;
    boolean staysOpen;
    byte[] body = {};
    int bodyFrom;
    int bodyTo;
    byte[] header = {};
    int headerFrom;
    int headerTo;

    Answer() {}

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The length of the body, in bytes. */
    public long bodyBytes() {
        return bodyBytes;
    }

    /** Whether the target will take another request on this connection. */
    public boolean staysOpen() {
        return staysOpen;
    }

    /** Holds at most the first 16 KiB of the body, from {@link #bodyFrom()} to before {@link #bodyTo()}. */
    public byte[] body() {
        return body;
    }

    /** Where the body begins in {@link #body()}. */
    public int bodyFrom() {
        return bodyFrom;
    }

    /** Where the body ends in {@link #body()}. */
    public int bodyTo() {
        return bodyTo;
    }

    /** Holds the value of the header that names the pod, from {@link #headerFrom()} to before {@link #headerTo()}. */
    public byte[] header() {
        return header;
    }

    /** Where the value begins in {@link #header()}. */
    public int headerFrom() {
        return headerFrom;
    }

    /** Where the value ends in {@link #header()}; at its begin if the answer has no such header. */
    public int headerTo() {
        return headerTo;
    }
}

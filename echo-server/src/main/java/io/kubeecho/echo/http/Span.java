package io.kubeecho.echo.http;

/** Part of a request head, or nothing: offsets that count from the first byte of the head. */
final class Span {

    private static final int ABSENT = -1;

    private int from = ABSENT;
    private int to;

    void clear() {
        from = ABSENT;
    }

    void set(int newFrom, int newTo) {
        from = newFrom;
        to = newTo;
    }

    void set(Span other) {
        from = other.from;
        to = other.to;
    }

    /** Begins a span whose end is set later. */
    void begin(int newFrom) {
        from = newFrom;
    }

    void end(int newTo) {
        to = newTo;
    }

    boolean isPresent() {
        return from != ABSENT;
    }

    /** How many bytes it has; 0 where it is absent. */
    int length() {
        return isPresent() ? to - from : 0;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }
}

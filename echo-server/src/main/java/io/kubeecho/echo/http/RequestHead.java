package io.kubeecho.echo.http;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request, as offsets into the bytes it came in. It is reused for each request of a connection, and
 * its offsets count from the first byte of the head, so that the bytes can be moved while it is being read.
 *
 * <p>Offsets are -1 where a thing is absent.
 */
final class RequestHead {

    static final int NONE = -1;
    static final int HTTP_09 = 9;
    static final int HTTP_10 = 1000;
    static final int HTTP_11 = 1001;

    private static final byte[] CLOSE = {'c', 'l', 'o', 's', 'e'};
    private static final byte[] KEEP_ALIVE = {'k', 'e', 'e', 'p', '-', 'a', 'l', 'i', 'v', 'e'};
    private static final byte[] CHUNKED = {'c', 'h', 'u', 'n', 'k', 'e', 'd'};
    private static final byte[] CONTINUE = {'1', '0', '0', '-', 'c', 'o', 'n', 't', 'i', 'n', 'u', 'e'};
    private static final int[] NO_RANGES = {};

    /** What the Connection fields say; the last one that says anything counts, as in nginx. */
    private enum Persistence {
        UNSAID,
        CLOSE,
        KEEP_ALIVE
    }

    private byte[] bytes = {};
    private int base;

    Method method = Method.OTHER;
    int version = HTTP_10;
    int lineEnd = NONE;
    int targetFrom = NONE;
    int targetTo = NONE;
    /** The target is an absolute URI that has neither path nor query: it stands for "/". */
    boolean targetIsRoot;

    int uriHostFrom = NONE;
    int uriHostTo = NONE;
    int hostFrom = NONE;
    int hostTo = NONE;
    private boolean hostFieldSeen;

    /** Pairs of from and to, one for each X-Forwarded-For. */
    private int[] forwardedFor = NO_RANGES;

    private int forwardedForFields;

    int userAgentFrom = NONE;
    int userAgentTo = NONE;
    int refererFrom = NONE;
    int refererTo = NONE;
    int authorizationFrom = NONE;
    int authorizationTo = NONE;

    private int contentLengthFrom = NONE;
    private int contentLengthTo = NONE;
    private int transferEncodingFrom = NONE;
    private int transferEncodingTo = NONE;
    private int expectFrom = NONE;
    private int expectTo = NONE;
    private final Set<FieldName> counted = EnumSet.noneOf(FieldName.class);
    private Persistence persistence = Persistence.UNSAID;

    /** The value of Content-Length, 0 where there is none. */
    long contentLength;

    boolean chunked;

    void reset() {
        method = Method.OTHER;
        version = HTTP_10;
        lineEnd = NONE;
        targetFrom = NONE;
        targetTo = NONE;
        targetIsRoot = false;
        uriHostFrom = NONE;
        hostFrom = NONE;
        hostFieldSeen = false;
        forwardedForFields = 0;
        userAgentFrom = NONE;
        refererFrom = NONE;
        authorizationFrom = NONE;
        contentLengthFrom = NONE;
        transferEncodingFrom = NONE;
        expectFrom = NONE;
        counted.clear();
        persistence = Persistence.UNSAID;
        contentLength = 0;
        chunked = false;
    }

    /** Says where the head is: its first byte is {@code newBytes[newBase]}. */
    void isAt(byte[] newBytes, int newBase) {
        bytes = newBytes;
        base = newBase;
    }

    /** The array to which every offset applies once {@link #at} has been added. */
    byte[] bytes() {
        return bytes;
    }

    /** The index in {@link #bytes()} for an offset. */
    int at(int offset) {
        return base + offset;
    }

    boolean hasHost() {
        return hostFrom != NONE;
    }

    int forwardedForFields() {
        return forwardedForFields;
    }

    int forwardedForFrom(int field) {
        return forwardedFor[2 * field];
    }

    int forwardedForTo(int field) {
        return forwardedFor[2 * field + 1];
    }

    boolean expectsContinue() {
        return expectFrom != NONE && version > HTTP_10 && is(CONTINUE, expectFrom, expectTo);
    }

    boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Whether the client wants the connection kept (RFC 9112 section 9.3). */
    boolean persistent() {
        return switch (persistence) {
            case UNSAID -> version > HTTP_10;
            case CLOSE -> false;
            case KEEP_ALIVE -> true;
        };
    }

    /** Takes the host of an absolute URI, which wins over any Host field (RFC 9112 section 3.2.2). */
    @Nullable
    Refusal takeUriHost() {
        if (uriHostFrom == NONE) {
            return null;
        }
        int end = Authority.hostEnd(bytes, at(uriHostFrom), at(uriHostTo));
        if (end == Authority.INVALID) {
            return Refusal.HOST;
        }
        hostFrom = uriHostFrom;
        hostTo = end - base;
        return null;
    }

    /** Takes a header field, given by its offsets. */
    @Nullable
    Refusal takeField(int nameFrom, int nameTo, int from, int to) {
        FieldName name = FieldName.of(bytes, at(nameFrom), at(nameTo));
        if (name == null) {
            return null;
        }
        if (name.onlyCounted()) {
            return count(name);
        }
        switch (name) {
            case HOST -> {
                return takeHost(from, to);
            }
            case CONNECTION -> takeConnection(from, to);
            case X_FORWARDED_FOR -> takeForwardedFor(from, to);
            case USER_AGENT -> {
                if (userAgentFrom == NONE) {
                    userAgentFrom = from;
                    userAgentTo = to;
                }
            }
            case REFERER -> {
                if (refererFrom == NONE) {
                    refererFrom = from;
                    refererTo = to;
                }
            }
            case AUTHORIZATION -> {
                authorizationFrom = from;
                authorizationTo = to;
                return count(name);
            }
            case EXPECT -> {
                expectFrom = from;
                expectTo = to;
                return count(name);
            }
            case CONTENT_LENGTH -> {
                contentLengthFrom = from;
                contentLengthTo = to;
                return count(name);
            }
            case TRANSFER_ENCODING -> {
                transferEncodingFrom = from;
                transferEncodingTo = to;
                return count(name);
            }
            default -> throw new IllegalStateException("a field that nobody takes: " + name);
        }
        return null;
    }

    private @Nullable Refusal count(FieldName name) {
        return counted.add(name) ? null : Refusal.REPEATED_FIELD;
    }

    private @Nullable Refusal takeHost(int from, int to) {
        if (hostFieldSeen) {
            return Refusal.REPEATED_FIELD;
        }
        hostFieldSeen = true;
        int end = Authority.hostEnd(bytes, at(from), at(to));
        if (end == Authority.INVALID) {
            return Refusal.HOST;
        }
        if (!hasHost()) {
            hostFrom = from;
            hostTo = end - base;
        }
        return null;
    }

    private void takeConnection(int from, int to) {
        // anywhere in the value, even within a word: that is how nginx looks
        if (contains(CLOSE, from, to)) {
            persistence = Persistence.CLOSE;
        } else if (contains(KEEP_ALIVE, from, to)) {
            persistence = Persistence.KEEP_ALIVE;
        }
    }

    private void takeForwardedFor(int from, int to) {
        int at = 2 * forwardedForFields;
        if (at == forwardedFor.length) {
            forwardedFor = Arrays.copyOf(forwardedFor, Math.max(2, 2 * at));
        }
        forwardedFor[at] = from;
        forwardedFor[at + 1] = to;
        forwardedForFields++;
    }

    /** Checks what can only be checked when every field has been seen, in nginx's order. */
    @Nullable
    Refusal complete() {
        if (version > HTTP_10 && !hostFieldSeen) {
            return Refusal.NO_HOST;
        }
        if (contentLengthFrom != NONE) {
            long length = decimal(at(contentLengthFrom), at(contentLengthTo));
            if (length < 0) {
                return Refusal.CONTENT_LENGTH;
            }
            contentLength = length;
        }
        if (transferEncodingFrom != NONE) {
            Refusal refusal = takeTransferEncoding();
            if (refusal != null) {
                return refusal;
            }
        }
        return method == Method.NOT_ECHOED ? Refusal.NOT_ECHOED : null;
    }

    private @Nullable Refusal takeTransferEncoding() {
        if (version < HTTP_11) {
            return Refusal.TRANSFER_ENCODING_OF_HTTP_10;
        }
        if (!is(CHUNKED, transferEncodingFrom, transferEncodingTo)) {
            return Refusal.TRANSFER_ENCODING;
        }
        if (contentLengthFrom != NONE) {
            return Refusal.TWO_LENGTHS;
        }
        chunked = true;
        return null;
    }

    private boolean is(byte[] lowerCase, int from, int to) {
        return to - from == lowerCase.length && matches(lowerCase, at(from));
    }

    private boolean contains(byte[] lowerCase, int from, int to) {
        for (int i = from; i + lowerCase.length <= to; i++) {
            if (matches(lowerCase, at(i))) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(byte[] lowerCase, int from) {
        for (int i = 0; i < lowerCase.length; i++) {
            byte c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** The number in {@code bytes[from .. to)}, or -1 where it is empty, not of digits only or more than a long. */
    private long decimal(int from, int to) {
        if (from == to) {
            return NONE;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                return NONE;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}

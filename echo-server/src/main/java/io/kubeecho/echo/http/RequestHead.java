package io.kubeecho.echo.http;

import io.kubeecho.echo.control.Asked;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request, as spans of the bytes it came in. It is reused for each request of a connection, and its
 * offsets count from the first byte of the head, so that the bytes can be moved while it is being read.
 */
final class RequestHead {

    static final int HTTP_09 = 9;
    static final int HTTP_10 = 1000;
    static final int HTTP_11 = 1001;
    static final int HTTP_20 = 2000;

    /** What the Connection fields say; the last one that says anything counts, as in nginx. */
    private enum Persistence {
        UNSAID,
        CLOSE,
        KEEP_ALIVE
    }

    private byte[] bytes = {};
    private int base;

    private Method method = Method.OTHER;
    private int version = HTTP_10;
    private boolean versionKnown;
    private int lineEnd;
    private boolean targetIsRoot;
    private boolean hasQuery;
    private int end;
    private boolean hostSeen;
    private boolean asksByField;
    private int acceptFields;
    private boolean chunked;
    private long contentLength;
    private Persistence persistence = Persistence.UNSAID;

    private final Span target = new Span();
    private final Span uriHost = new Span();
    private final Span host = new Span();
    private final Span accept = new Span();
    private final Span userAgent = new Span();
    private final Span referer = new Span();
    private final Span authorization = new Span();
    private final Span expect = new Span();
    private final Span length = new Span();
    private final Span transferEncoding = new Span();
    private final Span ifMatch = new Span();
    private final Span ifNoneMatch = new Span();
    /** Those that may come once and have come. */
    private final Set<FieldName> single = EnumSet.noneOf(FieldName.class);
    /** Spans for X-Forwarded-For, of which the first {@link #forwardedForFields} are this request's. */
    private final List<Span> forwardedFor = new ArrayList<>(1);

    private int forwardedForFields;

    void reset() {
        method = Method.OTHER;
        version = HTTP_10;
        versionKnown = false;
        lineEnd = 0;
        targetIsRoot = false;
        hasQuery = false;
        end = 0;
        hostSeen = false;
        asksByField = false;
        acceptFields = 0;
        chunked = false;
        contentLength = 0;
        persistence = Persistence.UNSAID;
        target.clear();
        uriHost.clear();
        host.clear();
        accept.clear();
        userAgent.clear();
        referer.clear();
        authorization.clear();
        expect.clear();
        length.clear();
        transferEncoding.clear();
        ifMatch.clear();
        ifNoneMatch.clear();
        single.clear();
        forwardedForFields = 0;
    }

    // -- where it is

    /** Says where the head is: its first byte is {@code newBytes[newBase]}. */
    void isAt(byte[] newBytes, int newBase) {
        bytes = newBytes;
        base = newBase;
    }

    /** The array that holds the head. */
    byte[] bytes() {
        return bytes;
    }

    /** The index in {@link #bytes()} of an offset. */
    int at(int offset) {
        return base + offset;
    }

    // -- the request line

    Method method() {
        return method;
    }

    void method(Method newMethod) {
        method = newMethod;
    }

    /** Its version, 1000 times the major number plus the minor one. */
    int version() {
        return version;
    }

    void version(int newVersion) {
        version = newVersion;
        versionKnown = true;
    }

    /** Whether the request line was read to its end and has a version, or is one of HTTP/0.9. */
    boolean versionKnown() {
        return versionKnown;
    }

    /** The version as a request line has it, such as {@code HTTP/1.1}. */
    String protocol() {
        return switch (version) {
            case HTTP_09 -> "HTTP/0.9";
            case HTTP_20 -> "HTTP/2.0";
            default -> "HTTP/1." + (version - HTTP_10);
        };
    }

    /** The index in {@link #bytes()} after the method, of a request line that was read to its end. */
    int methodEnd() {
        int methodEnd = at(0);
        while (bytes[methodEnd] != ' ') {
            methodEnd++;
        }
        return methodEnd;
    }

    /** Where the line ends, without its line end; 0 while that is not known. */
    int lineEnd() {
        return lineEnd;
    }

    void lineEnd(int offset) {
        lineEnd = offset;
    }

    /** The path and the query as they were sent, without the scheme and the authority of an absolute URI. */
    Span target() {
        return target;
    }

    /** Whether the target is an absolute URI with neither path nor query, which stands for {@code /}. */
    boolean targetIsRoot() {
        return targetIsRoot;
    }

    void targetIsRoot(boolean isRoot) {
        targetIsRoot = isRoot;
    }

    /** Says that the target has a query or a fragment. */
    void hasQuery(boolean has) {
        hasQuery = has;
    }

    /** The index in {@link #bytes()} after the path, where there is a {@link #target()}. */
    int pathEnd() {
        int pathEnd = at(target.from());
        int targetEnd = pathEnd + target.length();
        while (pathEnd < targetEnd && bytes[pathEnd] != '?' && bytes[pathEnd] != '#') {
            pathEnd++;
        }
        return pathEnd;
    }

    /** The query as it was sent, one character for each byte, without question mark and fragment; empty without one. */
    String query() {
        int from = hasQuery ? queryFrom() : -1;
        return from < 0 ? "" : new String(bytes, from, queryEnd(from) - from, StandardCharsets.ISO_8859_1);
    }

    private int queryFrom() {
        for (int i = at(target.from()); i < at(target.to()); i++) {
            if (bytes[i] == '?') {
                return i + 1;
            }
            if (bytes[i] == '#') {
                return -1;
            }
        }
        return -1;
    }

    private int queryEnd(int from) {
        int queryEnd = from;
        while (queryEnd < at(target.to()) && bytes[queryEnd] != '#') {
            queryEnd++;
        }
        return queryEnd;
    }

    /** The host and its brackets in an absolute URI, as it was sent. */
    Span uriHost() {
        return uriHost;
    }

    /** Takes the host of an absolute URI, which wins over any Host field (RFC 9112 section 3.2.2). */
    @Nullable
    Refusal takeUriHost() {
        return uriHost.isPresent() ? takeHost(uriHost.from(), uriHost.to()) : null;
    }

    // -- the fields

    /** The host of the authority, without port and trailing dot but in the case it was sent. */
    Span host() {
        return host;
    }

    Span userAgent() {
        return userAgent;
    }

    Span referer() {
        return referer;
    }

    Span authorization() {
        return authorization;
    }

    int forwardedForFields() {
        return forwardedForFields;
    }

    /** The value of one X-Forwarded-For, in the order they came. */
    Span forwardedFor(int field) {
        return forwardedFor.get(field);
    }

    /** Takes a field, given by the offsets of its name and its value. */
    @Nullable
    Refusal takeField(int nameFrom, int nameTo, int from, int to) {
        FieldName name = FieldName.of(bytes, at(nameFrom), at(nameTo));
        if (name == null) {
            asksByField |= FieldName.isControl(bytes, at(nameFrom), at(nameTo));
            return null;
        }
        if (name.single() && !single.add(name)) {
            return Refusal.REPEATED_FIELD;
        }
        switch (name) {
            case HOST -> {
                hostSeen = true;
                return takeHost(from, to);
            }
            case ACCEPT -> {
                acceptFields++;
                accept.set(from, to);
            }
            case CONNECTION -> takeConnection(from, to);
            case X_FORWARDED_FOR -> takeForwardedFor(from, to);
            case USER_AGENT -> takeFirst(userAgent, from, to);
            case REFERER -> takeFirst(referer, from, to);
            case AUTHORIZATION -> authorization.set(from, to);
            case EXPECT -> expect.set(from, to);
            case CONTENT_LENGTH -> length.set(from, to);
            case TRANSFER_ENCODING -> transferEncoding.set(from, to);
            case IF_MATCH -> ifMatch.set(from, to);
            case IF_NONE_MATCH -> ifNoneMatch.set(from, to);
            case IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE, CONTENT_RANGE -> {
                // their values mean nothing here
            }
        }
        return null;
    }

    private @Nullable Refusal takeHost(int from, int to) {
        int end = Authority.hostEnd(bytes, at(from), at(to));
        if (end == Authority.INVALID) {
            return Refusal.HOST;
        }
        takeFirst(host, from, end - base);
        return null;
    }

    private void takeConnection(int from, int to) {
        // anywhere in the value, even within a word: that is how nginx looks
        if (AsciiText.contains(bytes, at(from), at(to), "close")) {
            persistence = Persistence.CLOSE;
        } else if (AsciiText.contains(bytes, at(from), at(to), "keep-alive")) {
            persistence = Persistence.KEEP_ALIVE;
        }
    }

    private void takeForwardedFor(int from, int to) {
        if (forwardedForFields == forwardedFor.size()) {
            forwardedFor.add(new Span());
        }
        forwardedFor.get(forwardedForFields++).set(from, to);
    }

    private static void takeFirst(Span span, int from, int to) {
        if (!span.isPresent()) {
            span.set(from, to);
        }
    }

    // -- what it asks for

    /** Whether it has a control: by a look at what was read anyway, since nearly no request has one. */
    boolean asks() {
        return version > HTTP_09 && (asksByField || (hasQuery && asksByQuery()) || asksForJsonOnly());
    }

    private boolean asksByQuery() {
        int from = queryFrom();
        return from >= 0 && AsciiText.contains(bytes, from, queryEnd(from), Asked.QUERY_PREFIX);
    }

    /** Whether an Accept names nothing but JSON, as clients send it that can read nothing else. */
    boolean asksForJsonOnly() {
        return acceptFields == 1 && MediaRanges.areJson(bytes, at(accept.from()), at(accept.to()));
    }

    // -- what it means as a whole

    /** Says that the head ends before this offset. */
    void end(int offset) {
        end = offset;
    }

    /** Where the head ends, the empty line with it; 0 while that is not known. */
    int end() {
        return end;
    }

    /** Checks what can only be checked when every field has been seen, in nginx's order. */
    @Nullable
    Refusal complete() {
        if (version > HTTP_10 && !hostSeen) {
            return Refusal.NO_HOST;
        }
        if (length.isPresent()) {
            long number = AsciiText.decimal(bytes, at(length.from()), at(length.to()));
            if (number < 0) {
                return Refusal.CONTENT_LENGTH;
            }
            contentLength = number;
        }
        if (transferEncoding.isPresent()) {
            if (version < HTTP_11) {
                return Refusal.TRANSFER_ENCODING_OF_HTTP_10;
            }
            if (!is(transferEncoding, "chunked")) {
                return Refusal.TRANSFER_ENCODING;
            }
            if (length.isPresent()) {
                return Refusal.TWO_LENGTHS;
            }
            chunked = true;
        }
        return method == Method.NOT_ECHOED ? Refusal.NOT_ECHOED : null;
    }

    /** The number in Content-Length, once {@link #complete()} has seen that it is one; 0 where there is none. */
    long contentLength() {
        return contentLength;
    }

    /** Whether the body comes in chunks, once that is known. */
    boolean chunked() {
        return chunked;
    }

    /** Whether a body of a known framing follows. */
    boolean hasBody() {
        return chunked || contentLength > 0;
    }

    /** Whether the client waits for a {@code 100 Continue} (RFC 9110 section 10.1.1). */
    boolean expectsContinue() {
        return version > HTTP_10 && expect.isPresent() && is(expect, "100-continue");
    }

    /** Whether the client wants the connection kept (RFC 9112 section 9.3). */
    boolean persistent() {
        return switch (persistence) {
            case UNSAID -> version > HTTP_10;
            case CLOSE -> false;
            case KEEP_ALIVE -> true;
        };
    }

    /**
     * What the conditions of RFC 9110 section 13 come to for an echo, which exists but has neither an entity tag nor a
     * date: nginx evaluates them before it sends an echo.
     */
    Condition condition() {
        if (single.isEmpty()) {
            return Condition.HOLDS;
        }
        if (single.contains(FieldName.IF_UNMODIFIED_SINCE) || (ifMatch.isPresent() && !is(ifMatch, "*"))) {
            return Condition.FAILED;
        }
        boolean unchanged =
                !single.contains(FieldName.IF_MODIFIED_SINCE) && ifNoneMatch.isPresent() && is(ifNoneMatch, "*");
        return unchanged ? Condition.NOT_MODIFIED : Condition.HOLDS;
    }

    private boolean is(Span span, String lowerCase) {
        return AsciiText.is(bytes, at(span.from()), at(span.to()), lowerCase);
    }
}

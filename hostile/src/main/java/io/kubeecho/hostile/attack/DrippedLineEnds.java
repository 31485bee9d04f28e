package io.kubeecho.hostile.attack;

import java.time.Duration;

/** Connections that are never idle, and never ask for anything (RFC 9112 section 2.2 has empty lines skipped). */
final class DrippedLineEnds implements Attack {

    private final byte[] opening = {'\r', '\n'};

    @Override
    public String name() {
        return "dripped-line-ends";
    }

    @Override
    public String does() {
        return "sends CRLF every second, which may stand before a request";
    }

    @Override
    public Door door() {
        return Door.HTTP;
    }

    @Override
    public byte[] opening() {
        return opening;
    }

    @Override
    public Then then() {
        return new Then.Again(Duration.ofSeconds(1), opening);
    }

    @Override
    public boolean reads() {
        return true;
    }
}

package io.kubeecho.hostile.attack;

import java.time.Duration;

/** Requests that are under way for as long as their body takes, head and all. */
final class OpenBody implements Attack {

    private final byte[] opening = new Head("POST /open")
            .largeFields(3, 'b')
            .line("Content-Length: 1000000")
            .finished();

    @Override
    public String name() {
        return "open-body";
    }

    @Override
    public String does() {
        return "POSTs with a head of 24 KB, and sends a byte of its 1 MB every 4 s";
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
        return new Then.Again(Duration.ofSeconds(4), new byte[] {'b'});
    }

    @Override
    public boolean reads() {
        return true;
    }
}

package io.kubeecho.hostile.attack;

import java.time.Duration;

/** Large answers that are to be sent later: what is composed before its time is held until then. */
final class DelayedJson implements Attack {

    private final byte[] opening = new Head("GET /?kube-echo.format=json&kube-echo.delay=10s")
            .largeFields(4, 0xff)
            .finished();

    @Override
    public String name() {
        return "delayed-json";
    }

    @Override
    public String does() {
        return "asks for JSON in 10 s with 32 KB of 0xff in its header, which JSON writes six times as long; again and"
                + " again";
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
        return new Then.Again(Duration.ofSeconds(11), opening);
    }

    @Override
    public boolean reads() {
        return true;
    }
}

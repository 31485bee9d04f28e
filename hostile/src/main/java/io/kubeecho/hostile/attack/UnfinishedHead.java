package io.kubeecho.hostile.attack;

/** Heads that have to be kept until they have come as a whole. */
final class UnfinishedHead implements Attack {

    private final byte[] opening =
            new Head("GET /unfinished").largeFields(4, 'u').unfinished();

    @Override
    public String name() {
        return "unfinished-head";
    }

    @Override
    public String does() {
        return "sends 32 KB of a head, and never its end";
    }

    @Override
    public Door door() {
        return Door.HTTP;
    }

    @Override
    public byte[] opening() {
        return opening;
    }
}

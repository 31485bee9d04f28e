package io.kubeecho.hostile.attack;

/** New connections that cost the server more than the client. */
final class ResetFlood implements Attack {

    private final byte[] opening = {'G', 'E', 'T', ' ', '/'};

    @Override
    public String name() {
        return "reset-flood";
    }

    @Override
    public String does() {
        return "connects, sends half a request line, and resets";
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
        return new Then.Reset();
    }
}

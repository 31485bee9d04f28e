package io.kubeecho.hostile.attack;

/** Large answers over HTTP/2 that nobody takes off the socket. */
final class UnreadStreams implements Attack {

    private static final int REQUESTS = 100;

    private final byte[] opening = requests();

    private static byte[] requests() {
        Http2Bytes bytes = new Http2Bytes(Integer.MAX_VALUE).window(Integer.MAX_VALUE - 65_535);
        for (int i = 0; i < REQUESTS; i++) {
            bytes.get(2 * i + 1, "/?kube-echo.size=1MiB");
        }
        return bytes.bytes();
    }

    @Override
    public String name() {
        return "unread-streams";
    }

    @Override
    public String does() {
        return "asks for 1 MiB on each of 100 streams of HTTP/2, opens every window, and does not read";
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

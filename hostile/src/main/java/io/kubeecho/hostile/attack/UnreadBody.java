package io.kubeecho.hostile.attack;

import java.io.ByteArrayOutputStream;

/** Large answers over HTTP/1.1 that nobody takes off the socket. */
final class UnreadBody implements Attack {

    private static final int REQUESTS = 8;

    private final byte[] opening = requests();

    private static byte[] requests() {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < REQUESTS; i++) {
            all.writeBytes(new Head("GET /?kube-echo.size=1MiB").finished());
        }
        return all.toByteArray();
    }

    @Override
    public String name() {
        return "unread-body";
    }

    @Override
    public String does() {
        return "asks for 1 MiB eight times at once, and does not read";
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

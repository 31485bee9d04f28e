package io.kubeecho.hostile.attack;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;

/** One hostile connection. Used by its event loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
final class Held {

    /** In the kernel's numbers (include/net/tcp_states.h). */
    private static final int ESTABLISHED = 1;

    private final EpollSocketChannel channel;
    private final long openedAt;
    private long nextAt;

    Held(EpollSocketChannel channel, long now, long every) {
        this.channel = channel;
        openedAt = now;
        nextAt = now + every;
    }

    /** Whether the server has ended it; asked of the kernel, since who does not read is not told. */
    boolean isGone(EpollTcpInfo info) {
        return !channel.isActive() || channel.tcpInfo(info).state() != ESTABLISHED;
    }

    boolean isOlderThan(long nanos, long now) {
        return now - openedAt > nanos;
    }

    /** Whether it is time to send more, and what was sent before has been taken; if so, the next time is set. */
    boolean isDue(long now, long every) {
        if (now < nextAt || !channel.isWritable()) {
            return false;
        }
        nextAt = now + every;
        return true;
    }

    EpollSocketChannel channel() {
        return channel;
    }

    /** Ends it by a reset, which leaves nothing behind. */
    void reset() {
        channel.close();
    }
}

package io.kubeecho.echo.line;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.log.Mishaps;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import java.util.Optional;

/** What one connection to the TCP echo has of the memory budget, from its beginning to its end. For its event loop. */
final class Share {

    /** In bytes: the objects of a connection, Vert.x's among them. An estimate, rounded up. */
    private static final int COST = 6 << 10;

    private final ByteBudget budget;
    private final Mishaps mishaps;
    private long held;

    private Share(ByteBudget budget, Mishaps mishaps) {
        this.budget = budget;
        this.mishaps = mishaps;
    }

    /** Takes what a new connection costs, until it is closed; empty where that is not to be had. */
    static Optional<Share> of(Channel channel, ByteBudget budget, Mishaps mishaps) {
        if (!budget.take(Holding.CONNECTION, COST)) {
            return Optional.empty();
        }
        Share share = new Share(budget, mishaps);
        channel.closeFuture().addListener(closed -> share.leave());
        return Optional.of(share);
    }

    private void leave() {
        budget.release(Holding.CONNECTION, COST);
        budget.release(Holding.ANSWER, held);
        held = 0;
    }

    /** Says how many bytes it holds beside what waits to be sent; tells whether it may. */
    boolean hold(Channel channel, long bytes) {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        long now = waiting == null ? 0 : bytes + waiting.totalPendingWriteBytes();
        if (now > held) {
            if (!budget.take(Holding.ANSWER, now - held)) {
                return false;
            }
        } else {
            budget.release(Holding.ANSWER, held - now);
        }
        held = now;
        return true;
    }

    void mishap(Throwable cause) {
        mishaps.count(cause);
    }
}

package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * What the ports of a server share.
 *
 * @param budget of the bytes that connections hold
 * @param mishaps which are told of what nobody had foreseen
 * @param allocator of what is read and written
 */
public record Resources(ByteBudget budget, Mishaps mishaps, ByteBufAllocator allocator) {

    private static final int PAGE = 8 << 10;

    // Chunks of 512 KiB: what stays of one that is not full is little beside the direct memory that there is.
    private static final int CHUNK_ORDER = 6;

    // Buffers of one size that a thread keeps for itself, up to 28 KiB: of all sizes together 3.5 MiB at the most.
    private static final int SMALL_KEPT = 16;

    // Likewise, up to 32 KiB.
    private static final int NORMAL_KEPT = 4;

    /**
     * Resources for a new server, with an allocator of its own.
     *
     * @param eventLoops which use it; each has an arena
     */
    public static Resources of(ByteBudget budget, Mishaps mishaps, int eventLoops) {
        return new Resources(
                budget,
                mishaps,
                new PooledByteBufAllocator(true, 0, eventLoops, PAGE, CHUNK_ORDER, SMALL_KEPT, NORMAL_KEPT, false));
    }
}

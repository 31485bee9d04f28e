package io.kubeecho.echo;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Throws at the allocation that it is told to, for any thread. */
final class FailingAllocator extends AbstractByteBufAllocator {

    private static final int NEVER = Integer.MAX_VALUE;

    private final UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true, true);
    private final AtomicInteger left = new AtomicInteger(NEVER);
    private final AtomicInteger all = new AtomicInteger();
    private final AtomicInteger failed = new AtomicInteger();
    private volatile Supplier<Throwable> failure = OutOfMemoryError::new;
    private volatile boolean goesOn;

    FailingAllocator() {
        super(true);
    }

    /**
     * Has an allocation fail.
     *
     * @param number of which it is, from 1
     * @param andAllAfterIt whether those that follow fail too
     */
    void failAt(int number, Supplier<Throwable> newFailure, boolean andAllAfterIt) {
        failure = newFailure;
        goesOn = andAllAfterIt;
        failed.set(0);
        left.set(number);
    }

    /** Fails no longer; tells whether it has. */
    boolean stop() {
        left.set(NEVER);
        return failed.get() > 0;
    }

    /** How many were asked for so far. */
    int allocations() {
        return all.get();
    }

    private void count() {
        all.incrementAndGet();
        if (left.get() == NEVER) {
            return;
        }
        int now = left.decrementAndGet();
        if (now == 0 || (now < 0 && goesOn)) {
            failed.incrementAndGet();
            FailingAllocator.<RuntimeException>sneak(failure.get());
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // an error or a runtime exception is what is given
    private static <E extends Throwable> void sneak(Throwable failure) throws E {
        throw (E) failure;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        count();
        return memory.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        count();
        return memory.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return false;
    }
}

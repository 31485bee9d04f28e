package io.kubeecho.echo;

import io.vertx.core.Future;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Waits for futures in tests. */
final class Await {

    private Await() {}

    static <T extends @Nullable Object> T result(Future<T> future) throws InterruptedException, TimeoutException {
        try {
            return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    /** Waits until something is so that another thread brings about; whether it is so is for the caller to assert. */
    static void until(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
    }

    /** Waits until a count stands still, and gives it. */
    static long settled(LongSupplier count) throws InterruptedException {
        long before;
        long after = -1;
        do {
            before = after;
            Thread.sleep(300);
            after = count.getAsLong();
        } while (after != before);
        return after;
    }

    static Throwable failure(Future<?> future) throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("did not fail but gave "
                    + future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return Objects.requireNonNull(e.getCause());
        }
    }
}

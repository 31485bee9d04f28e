package io.kubeecho.load.bench;

import io.kubeecho.load.FakeService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * {@code PORT STALL_AFTER_MS STALL_MS}: answers at once, but for one stall that begins so long after the first request of
 * a load. What a user of such a server feels is known, so that what a tool says of it can be judged. Ends after a minute.
 */
public final class StallServer {

    private StallServer() {}

    public static void main(String[] args) throws InterruptedException {
        long after = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[1]));
        long stall = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(args[2]));
        AtomicBoolean begun = new AtomicBoolean();
        AtomicBoolean stalled = new AtomicBoolean();
        long[] first = new long[1];
        FakeService[] service = new FakeService[1];
        // an answer is asked for its delay when the request comes, which is when a stall can begin
        service[0] = new FakeService(Integer.parseInt(args[0]), source -> "stalling-0", () -> {
            long now = System.nanoTime();
            if (begun.compareAndSet(false, true)) {
                first[0] = now;
            }
            if (now - first[0] >= after && stalled.compareAndSet(false, true)) {
                service[0].stall(stall);
                return stall;
            }
            return 0;
        });
        TimeUnit.MINUTES.sleep(1);
        service[0].close();
    }
}

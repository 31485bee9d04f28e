package io.kubeecho.load;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * A Service with several pods in one listener: each new connection is given to a pod, which answers the echo line after a
 * delay. It records the delays that it really made.
 */
public final class FakeService implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private final Function<String, String> podOfSource;
    private final LongSupplier delayNanos;
    private final Function<String, String> seenAs;
    private final Histogram delays = new Histogram(1_000, 3_600_000_000_000L, 3);
    private final AtomicLong requests = new AtomicLong();
    private volatile long stalledUntil;
    private volatile boolean recording;

    /**
     * @param podOfSource who gets a new connection from an address
     * @param delayNanos before each answer
     */
    public FakeService(int port, Function<String, String> podOfSource, LongSupplier delayNanos) {
        this(port, podOfSource, delayNanos, source -> source);
    }

    /** @param seenAs what the pods say of an address */
    public FakeService(
            int port, Function<String, String> podOfSource, LongSupplier delayNanos, Function<String, String> seenAs) {
        this.seenAs = seenAs;
        this.podOfSource = podOfSource;
        this.delayNanos = delayNanos;
        server = vertx.createNetServer(new NetServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(port)
                        .setTcpNoDelay(true)
                        .setAcceptBacklog(1024))
                .connectHandler(this::serve);
        server.listen().await();
    }

    /** All connections to the pods in turn, at once. */
    public static FakeService evenly(int pods) {
        AtomicLong next = new AtomicLong();
        return new FakeService(0, source -> "pod-" + next.getAndIncrement() % pods, () -> 0);
    }

    public int port() {
        return server.actualPort();
    }

    public String url() {
        return "http://127.0.0.1:" + port() + "/";
    }

    public long requests() {
        return requests.get();
    }

    /** From now on no request is answered for so long; those that come are answered when it is over. */
    public void stall(long nanos) {
        stalledUntil = System.nanoTime() + nanos;
    }

    /** Whether delays are recorded from now on. */
    public void record(boolean on) {
        recording = on;
    }

    /** The delays that were recorded, from a request's arrival to its answer's write. */
    public Histogram delays() {
        synchronized (delays) {
            return delays.copy();
        }
    }

    private void serve(NetSocket socket) {
        String source = socket.remoteAddress().hostAddress();
        String pod = podOfSource.apply(source);
        if (pod.isEmpty()) {
            socket.close();
            return;
        }
        String line = "Host=127.0.0.1  Path=/  From=" + pod + "  ClientIP=" + seenAs.apply(source) + "  XFF=\n";
        Buffer keep = Buffer.buffer(
                "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: " + line.length() + "\r\n\r\n" + line);
        Buffer last = Buffer.buffer(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + line.length() + "\r\n\r\n" + line);
        var loop = ((ContextInternal) vertx.getOrCreateContext()).nettyEventLoop();
        socket.handler(request -> {
            long arrived = System.nanoTime();
            long wait = Math.max(delayNanos.getAsLong(), stalledUntil - arrived);
            boolean close = request.toString().contains("Connection: close");
            Runnable answer = () -> {
                requests.incrementAndGet();
                if (recording) {
                    synchronized (delays) {
                        delays.recordValue(Math.max(0, System.nanoTime() - arrived));
                    }
                }
                socket.write(close ? last : keep);
                if (close) {
                    socket.close();
                }
            };
            if (wait <= 0) {
                answer.run();
            } else {
                var unused = loop.schedule(answer, wait, TimeUnit.NANOSECONDS);
            }
        });
    }

    @Override
    public void close() {
        vertx.close().await();
    }

    /** Random pods for every connection. */
    public static Function<String, String> random(int pods, long seed) {
        Random random = new Random(seed);
        return source -> "echo-" + (char) ('a' + random.nextInt(pods));
    }

    /** Every source stays on its pod, but for one connection in {@code breakEvery}; 0 for never. */
    public static Function<String, String> sticky(int pods, int breakEvery, long seed) {
        Function<String, String> pick = random(pods, seed);
        Map<String, String> podBySource = new HashMap<>();
        Random random = new Random(seed + 1);
        return source -> {
            synchronized (podBySource) {
                if (breakEvery > 0 && random.nextInt(breakEvery) == 0) {
                    podBySource.remove(source);
                }
                return podBySource.computeIfAbsent(source, pick);
            }
        };
    }

    /** {@code PORT PODS random|sticky|broken [DELAY_MS]}: runs until it is ended, or for ten minutes. */
    public static void main(String[] args) throws InterruptedException {
        int pods = Integer.parseInt(args[1]);
        Function<String, String> balancer = switch (args[2]) {
            case "random" -> random(pods, 1);
            case "sticky" -> sticky(pods, 0, 1);
            default -> sticky(pods, 50, 1);
        };
        double mean = args.length > 3 ? Double.parseDouble(args[3]) * 1e6 : 0;
        Random random = new Random(2);
        try (FakeService service = new FakeService(
                Integer.parseInt(args[0]),
                balancer,
                () -> mean == 0 ? 0 : (long) (mean * Math.exp(0.4 * random.nextGaussian())))) {
            service.record(false);
            TimeUnit.MINUTES.sleep(10);
        }
    }
}

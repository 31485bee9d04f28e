package io.kubeecho.load.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.Plans;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.measure.Figures;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * What a target says it has not processed goes out again; what it lost is an error. In a closed model the next request
 * leaves as soon as an answer is read, so that it crosses whatever the target sends after it.
 */
class SentAgainTest {

    /** Each is another one, since the identity rule is not asked about equal ones. */
    private final AtomicInteger answers = new AtomicInteger(100);

    /** Of the connection that is answered now, where the test is to wait until it is closed. */
    private final AtomicReference<@Nullable CountDownLatch> closed = new AtomicReference<>();

    private interface Peer {
        void talk(InputStream in, OutputStream out, Socket socket) throws IOException;
    }

    @Test
    void a_request_that_came_after_an_idle_connection_was_closed_goes_out_again() throws IOException {
        Figures f = load(LoadPlan.HttpKind.HTTP1, (in, out, socket) -> {
            readHead(in);
            CountDownLatch latch = new CountDownLatch(1);
            closed.set(latch);
            out.write(answer());
            socket.close();
            latch.countDown();
        });
        assertThat(f.errorEvents()).isEmpty();
        assertThat(f.answered()).isEqualTo(60);
        assertThat(f.sentAgain()).isEqualTo(59);
    }

    @Test
    void a_request_that_was_read_and_not_answered_is_lost() throws IOException {
        Figures f = load(LoadPlan.HttpKind.HTTP1, (in, out, socket) -> {
            readHead(in);
            out.write(answer());
            readHead(in);
        });
        assertThat(f.errors()).containsOnlyKeys(ErrorKind.RESET_BEFORE_ANSWER);
        assertThat(f.errorCount()).isEqualTo(30);
        assertThat(f.sentAgain()).isZero();
    }

    /** A pod that takes connections and closes them serves nobody. */
    @Test
    void a_new_connection_that_is_closed_at_once_is_an_error() throws IOException {
        Figures f = load(LoadPlan.HttpKind.HTTP1, (in, out, socket) -> {});
        assertThat(f.errorCount()).isEqualTo(60);
        assertThat(f.sentAgain()).isZero();
    }

    @Test
    void a_stream_after_the_last_one_of_a_goaway_goes_out_again() throws IOException {
        Figures f = http2((stream, frames) -> {
            frames.answer(stream);
            if (stream == 3) {
                frames.goAway(3);
                return frames.drain();
            }
            return true;
        });
        assertThat(f.errorEvents()).isEmpty();
        assertThat(f.answered()).isEqualTo(60);
    }

    @Test
    void a_stream_that_crosses_a_goaway_in_two_steps_goes_out_again() throws IOException {
        Figures f = http2((stream, frames) -> {
            if (stream == 5) {
                frames.goAway(Integer.MAX_VALUE);
                frames.goAway(3);
                return frames.drain();
            }
            frames.answer(stream);
            return true;
        });
        assertThat(f.errorEvents()).isEmpty();
        assertThat(f.answered()).isEqualTo(60);
        assertThat(f.sentAgain()).isBetween(28L, 30L);
    }

    @Test
    void a_refused_stream_goes_out_again() throws IOException {
        Figures f = http2((stream, frames) -> {
            if (stream == 5) {
                frames.write(3, 0, stream, ByteBuffer.allocate(4).putInt(7).array());
                return frames.drain();
            }
            frames.answer(stream);
            return true;
        });
        assertThat(f.errorEvents()).isEmpty();
        assertThat(f.sentAgain()).isBetween(28L, 30L);
    }

    @Test
    void what_never_is_processed_is_an_error_after_three_times() throws IOException {
        Figures f = http2((stream, frames) -> {
            frames.write(3, 0, stream, ByteBuffer.allocate(4).putInt(7).array());
            return frames.drain();
        });
        assertThat(f.answered()).isZero();
        assertThat(f.errors()).containsOnlyKeys(ErrorKind.RESET_BEFORE_ANSWER);
        assertThat(f.sentAgain()).isEqualTo(2 * f.errorCount());
    }

    @Test
    void a_stream_that_a_goaway_counts_among_the_processed_is_lost() throws IOException {
        Figures f = http2((stream, frames) -> {
            if (stream == 5) {
                frames.goAway(5);
                return false;
            }
            frames.answer(stream);
            return true;
        });
        assertThat(f.errors()).containsOnlyKeys(ErrorKind.RESET_BEFORE_ANSWER);
        assertThat(f.sentAgain()).isZero();
    }

    /** A proxy that is loaded anew just then would be told to be no target. */
    @Test
    void the_check_before_a_load_asks_again_too() throws IOException {
        AtomicInteger times = new AtomicInteger();
        Peer peer = speaking((stream, frames) -> {
            if (times.incrementAndGet() < 3) {
                frames.goAway(0);
                return frames.drain();
            }
            frames.answer(stream);
            return true;
        });
        List<Reachability> checked = against(LoadPlan.HttpKind.HTTP2, peer, plan -> {
            try (LoadRun run = new LoadRun(plan, Duration.ofMillis(10), new LoadListener() {}, Optional.empty())) {
                return run.check();
            }
        });
        assertThat(checked).hasOnlyElementsOfType(Reachability.Answers.class);
        assertThat(times).hasValue(3);
    }

    private byte[] answer() {
        return ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" + answers.getAndIncrement())
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private Figures load(LoadPlan.HttpKind http, Peer peer) throws IOException {
        return against(http, peer, plan -> Plans.run(plan).figures());
    }

    private <T> T against(LoadPlan.HttpKind http, Peer peer, Function<LoadPlan, T> does) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.execute(() -> accept(server, peer, threads));
            LoadPlan p = Plans.plan(
                    "http://127.0.0.1:" + server.getLocalPort() + "/",
                    http,
                    ConnectionPolicy.of("pinned"),
                    1,
                    "",
                    new LoadPlan.Closed(Duration.ZERO, Duration.ofSeconds(60), 60));
            // the next request leaves when what the target does after an answer is done
            IdentityRule slow = (body, header) -> {
                CountDownLatch latch = closed.getAndSet(null);
                if (latch != null) {
                    await(latch);
                }
                return Optional.empty();
            };
            return does.apply(Plans.identifiedBy(p, slow));
        } finally {
            threads.shutdownNow();
        }
    }

    private void accept(ServerSocket server, Peer peer, ExecutorService threads) {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                threads.execute(() -> {
                    try (socket) {
                        peer.talk(socket.getInputStream(), socket.getOutputStream(), socket);
                    } catch (IOException e) {
                        // the client has gone
                    }
                });
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void readHead(InputStream in) throws IOException {
        int ends = 0;
        while (ends < 2) {
            int c = in.read();
            if (c < 0) {
                throw new EOFException();
            }
            ends = c == '\n' ? ends + 1 : c == '\r' ? ends : 0;
        }
    }

    /** What becomes of a stream that was opened; false closes the connection. */
    private interface Streams {
        boolean opened(int stream, Frames frames) throws IOException;
    }

    private Figures http2(Streams streams) throws IOException {
        return load(LoadPlan.HttpKind.HTTP2, speaking(streams));
    }

    private static Peer speaking(Streams streams) {
        return (in, out, socket) -> {
            Frames frames = new Frames(new DataInputStream(in), out);
            frames.in.skipNBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length());
            frames.write(4, 0, 0, new byte[0]);
            while (true) {
                int stream = frames.nextHeaders();
                if (stream < 0 || !streams.opened(stream, frames)) {
                    return;
                }
            }
        };
    }

    /** As much of HTTP/2's framing as a server needs that answers with nothing but a status. */
    private record Frames(DataInputStream in, OutputStream out) {

        /** The next stream that is opened. */
        int nextHeaders() throws IOException {
            while (true) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                int type = in.readUnsignedByte();
                int flags = in.readUnsignedByte();
                int stream = in.readInt();
                in.skipNBytes(length);
                if (type == 1) {
                    return stream;
                }
                if (type == 4 && (flags & 1) == 0) {
                    write(4, 1, 0, new byte[0]);
                }
            }
        }

        void answer(int stream) throws IOException {
            // 0x88 is ":status: 200" of HPACK's static table; the stream ends with it
            write(1, 5, stream, new byte[] {(byte) 0x88});
        }

        void goAway(int last) throws IOException {
            write(7, 0, 0, ByteBuffer.allocate(8).putInt(last).putInt(0).array());
        }

        /** Waits for the client to close. */
        boolean drain() throws IOException {
            in.skipNBytes(Long.MAX_VALUE);
            return false;
        }

        void write(int type, int flags, int stream, byte[] payload) throws IOException {
            ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
            frame.put((byte) 0)
                    .putShort((short) payload.length)
                    .put((byte) type)
                    .put((byte) flags);
            out.write(frame.putInt(stream).put(payload).array());
        }
    }
}

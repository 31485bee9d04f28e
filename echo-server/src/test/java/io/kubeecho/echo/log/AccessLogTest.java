package io.kubeecho.echo.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.bytes.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class AccessLogTest {

    private final List<String> said = new CopyOnWriteArrayList<>();

    @Test
    void everyLineIsWrittenWhenItIsClosed() throws InterruptedException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        AccessLog log = log(stream);
        Thread[] loops = new Thread[4];
        for (int i = 0; i < loops.length; i++) {
            loops[i] = new Thread(() -> {
                for (int line = 0; line < 1000; line++) {
                    log.append(line("a line of some length"), 1);
                }
            });
            loops[i].start();
        }
        for (Thread loop : loops) {
            loop.join();
        }
        log.close();

        assertThat(stream.toString(StandardCharsets.US_ASCII).lines())
                .hasSize(4000)
                .containsOnly("a line of some length");
        assertThat(log.droppedLines()).isZero();
    }

    @Test
    void aLineIsWrittenSoonWithoutAnotherOne() throws IOException {
        PipedInputStream reader = new PipedInputStream();
        try (AccessLog log = log(new PipedOutputStream(reader))) {
            log.append(line("x"), 1);
            assertThat(reader.read()).isEqualTo('x');
            assertThat(reader.read()).isEqualTo('\n');
        }
    }

    @Test
    void aStreamThatBlocksCostsLinesAndNotTime() {
        CountDownLatch release = new CountDownLatch(1);
        AccessLog log = log(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                try {
                    release.await();
                } catch (InterruptedException e) {
                    throw new IOException(e);
                }
            }
        });
        ByteSink megabyte = line("x".repeat(1 << 20));
        for (int i = 0; i < 10; i++) {
            log.append(megabyte, 1);
        }
        // three are waiting, and the writer may have taken three before its stream blocked
        assertThat(log.droppedLines()).isGreaterThanOrEqualTo(4);
        release.countDown();
        log.close();
    }

    @Test
    void aChannelThatIsClosedIsNoFailureAndEveryLineCounts() {
        AccessLog log = log(new Full(0));
        log.append(new ByteSink(64).append(ByteSink.ascii("x\ny\n")), 2);
        log.close();
        log.append(line("z"), 1);
        assertThat(log.droppedLines()).isEqualTo(3);
    }

    @Test
    void whatDoesNotFitWaitsUntilItDoesAndNoLineIsBroken() throws InterruptedException {
        Full disk = new Full(25);
        AccessLog log = log(disk);
        for (int i = 0; i < 10; i++) {
            log.append(line("line " + i), 1);
            Thread.sleep(2 * AccessLog.GATHER_MILLIS);
        }
        assertThat(disk.content()).isEqualTo("line 0\nline 1\nline 2\nline");
        disk.makeRoom(1000);
        until(() -> disk.content().endsWith("line 9\n"));
        log.append(line("after"), 1);
        log.close();

        assertThat(disk.content().lines())
                .containsExactlyElementsOf(IntStream.rangeClosed(0, 10)
                        .mapToObj(i -> i == 10 ? "after" : "line " + i)
                        .toList());
        assertThat(log.droppedLines()).isZero();
        assertThat(said).hasSize(2);
        assertThat(said.get(0)).isEqualTo("the access log cannot be written, and is tried again: No space left");
        assertThat(said.get(1)).isEqualTo("the access log is written again; dropped so far: 0");
    }

    @Test
    void whatIsDroppedMeanwhileIsCountedToTheLine() throws InterruptedException {
        Full disk = new Full(0);
        AccessLog log = log(disk);
        int given = 200;
        for (int i = 0; i < given; i++) {
            log.append(line("x".repeat(50_000)), 1);
        }
        assertThat(log.droppedLines()).isPositive();
        disk.makeRoom(1 << 30);
        until(() -> disk.content().length() >= 50_001L * (given - log.droppedLines()));
        log.close();
        assertThat(disk.content().lines().count()).isEqualTo(given - log.droppedLines());
    }

    /** The disk of a node that fills up and is tidied. */
    @Test
    void survivesARealDiskThatIsFull(@TempDir Path folder) throws IOException, InterruptedException {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.toString()), "may not mount");
        try {
            Path ballast = folder.resolve("ballast");
            Path file = folder.resolve("log");
            Files.write(ballast, new byte[60 << 10]);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                AccessLog log = new AccessLog(channel, AccessLogSettings.defaults(), new ErrorLog(said::add));
                for (int i = 0; i < 200; i++) {
                    log.append(line("line " + i + " " + "x".repeat(50)), 1);
                }
                until(() -> !said.isEmpty());
                assertThat(said.get(0)).contains("No space left on device");
                Files.delete(ballast);
                until(() -> said.size() == 2);
                log.close();
                List<String> lines = Files.readAllLines(file);
                assertThat(lines).hasSize(200);
                assertThat(lines.get(199)).startsWith("line 199 xxx");
                assertThat(lines).allMatch(line -> line.matches("line \\d+ x{50}"));
                assertThat(log.droppedLines()).isZero();
            }
        } finally {
            run("umount", folder.toString());
        }
    }

    private static boolean run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    }

    private static void until(java.util.function.BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 1000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
    }

    private AccessLog log(OutputStream stream) {
        return log(Channels.newChannel(stream));
    }

    private AccessLog log(WritableByteChannel channel) {
        return new AccessLog(channel, AccessLogSettings.defaults(), new ErrorLog(said::add));
    }

    private static ByteSink line(String text) {
        return new ByteSink(64).append(ByteSink.ascii(text)).append('\n');
    }

    /** A disk that takes a part of what does not fit, as the kernel does. */
    private static final class Full implements WritableByteChannel {
        private final List<Byte> content = new ArrayList<>();
        private int room;

        Full(int room) {
            this.room = room;
        }

        synchronized void makeRoom(int more) {
            room += more;
        }

        synchronized String content() {
            byte[] bytes = new byte[content.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = content.get(i);
            }
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        @Override
        public synchronized int write(ByteBuffer bytes) throws IOException {
            if (room == 0) {
                throw new IOException("No space left");
            }
            int count = Math.min(room, bytes.remaining());
            for (int i = 0; i < count; i++) {
                content.add(bytes.get());
            }
            room -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {
            // nothing is held
        }
    }
}

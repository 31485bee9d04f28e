package io.kubeecho.echo.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.bytes.ByteSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AccessLogTest {

    @Test
    void everyLineIsWrittenWhenItIsClosed() throws InterruptedException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        AccessLog log = new AccessLog(stream, AccessLogSettings.defaults());
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
        try (AccessLog log = new AccessLog(new PipedOutputStream(reader), AccessLogSettings.defaults())) {
            log.append(line("x"), 1);
            assertThat(reader.read()).isEqualTo('x');
            assertThat(reader.read()).isEqualTo('\n');
        }
    }

    @Test
    void aStreamThatBlocksCostsLinesAndNotTime() {
        CountDownLatch release = new CountDownLatch(1);
        AccessLog log = new AccessLog(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        try {
                            release.await();
                        } catch (InterruptedException e) {
                            throw new IOException(e);
                        }
                    }
                },
                AccessLogSettings.defaults());
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
    void aStreamThatIsClosedIsNoFailure() {
        AccessLog log = new AccessLog(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        throw new IOException("closed");
                    }
                },
                AccessLogSettings.defaults());
        log.append(line("x"), 1);
        log.close();
        log.append(line("x"), 1);
        assertThat(log.droppedLines()).isPositive();
    }

    private static ByteSink line(String text) {
        return new ByteSink(64).append(ByteSink.ascii(text)).append('\n');
    }
}

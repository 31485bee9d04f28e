package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AcceptorTest {

    /** Or it would be told of the same failure again and again, with all the CPU time there is. */
    @Test
    void outOfFileDescriptorsItPausesAndThenAcceptsAgain() {
        EchoLoop loop = new InMemoryConnection().loop();
        EmbeddedChannel listening =
                new EmbeddedChannel(new Acceptor(List.of(loop), new ConnectionCap(1), new NoPreface()));
        listening.freezeTime();

        listening.pipeline().fireExceptionCaught(new IOException("accept: Too many open files"));
        assertThatThrownBy(listening::checkException).hasMessageContaining("Too many open files");
        assertThat(listening.config().isAutoRead()).isFalse();

        listening.advanceTimeBy(999, TimeUnit.MILLISECONDS);
        listening.runScheduledPendingTasks();
        assertThat(listening.config().isAutoRead()).isFalse();
        listening.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        listening.runScheduledPendingTasks();
        assertThat(listening.config().isAutoRead()).isTrue();
    }
}

package io.kubeecho.hostile.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LoopDumpsTest {

    private final LoopDumps dumps = new LoopDumps();

    private void take(String text) {
        text.lines().forEach(dumps::line);
    }

    @Test
    void aLoopThatIsAsleepIsSeenAmongLinesOfTheAccessLog() {
        take("""
            2026-11-28 20:40:01
            Full thread dump OpenJDK 64-Bit Server VM (25.0.3+9-2-Debian mixed mode, sharing):

            "vert.x-eventloop-thread-0" #30 [31] prio=5 os_prio=0 cpu=1.00ms elapsed=2.00s tid=0x1 nid=31 waiting on condition
               java.lang.Thread.State: TIMED_WAITING (sleeping)
            \tat java.lang.Thread.sleep0(java.base@25.0.3/Native Method)
            127.0.0.1 - - [28/Nov/2026:20:34:15 +0000] "GET /abc HTTP/2.0" 200 64 "-" "curl/7.88.1" "-"
            \tat java.lang.Thread.sleep(java.base@25.0.3/Thread.java:1)
            \tat java.nio.Bits.reserveMemory(java.base@25.0.3/Bits.java:147)
            \tat java.nio.DirectByteBuffer.<init>(java.base@25.0.3/DirectByteBuffer.java:1)

            "vert.x-eventloop-thread-1" #31 [32] prio=5 os_prio=0 cpu=1.00ms elapsed=2.00s tid=0x1 nid=32 runnable
               java.lang.Thread.State: RUNNABLE
            \tat io.netty.channel.epoll.Native.epollWait(Native Method)
            """);
        assertThat(dumps.dumps()).isEqualTo(1);
        assertThat(dumps.loops()).isEqualTo(2);
        assertThat(dumps.asleep()).isEqualTo(1);
        assertThat(dumps.example()).hasSize(2).first().asString().contains("Bits.reserveMemory");
    }

    @Test
    void anotherThreadMayWait() {
        take("""
            Full thread dump OpenJDK 64-Bit Server VM (25.0.3+9-2-Debian mixed mode, sharing):
            "main" #1 [7] prio=5 os_prio=0 cpu=1.00ms elapsed=2.00s tid=0x1 nid=31 waiting on condition
            \tat java.nio.Bits.reserveMemory(java.base@25.0.3/Bits.java:147)
            """);
        assertThat(dumps.dumps()).isEqualTo(1);
        assertThat(dumps.asleep()).isZero();
    }
}

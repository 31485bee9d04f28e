package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeadRoomTest {

    private final HeadRoom room = new HeadRoom();

    @Test
    void fourLinesMayFillABufferEach() {
        room.take(100);
        for (int i = 0; i < 4; i++) {
            assertThat(room.forNextLine()).isEqualTo(8192);
            room.take(8192);
        }
        assertThat(room.forNextLine()).isZero();
    }

    @Test
    void smallLinesShareTheBuffers() {
        int lines = 0;
        while (room.forNextLine() >= 100) {
            room.take(100);
            lines++;
        }
        assertThat(lines).isEqualTo(10 + 4 * 81);
    }
}

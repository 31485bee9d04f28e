package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.bytes.ByteSink;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class BodySkipperTest {

    private final BodySkipper skipper = new BodySkipper();

    @Test
    void stopsBehindABodyOfALength() {
        skipper.beginLength(5);
        byte[] bytes = ByteSink.ascii("..helloNEXT");

        assertThat(skipper.skip(bytes, 2, 5)).isEqualTo(BodySkipper.Progress.MORE);
        assertThat(skipper.skip(bytes, 5, bytes.length)).isEqualTo(BodySkipper.Progress.DONE);
        assertThat(skipper.end()).isEqualTo(7);
    }

    @Property
    void stopsBehindChunksOfAnySizes(
            @ForAll @Size(max = 6) List<@Size(min = 1, max = 40) byte[]> chunks, @ForAll boolean extensions) {
        ByteSink body = new ByteSink(64);
        for (byte[] chunk : chunks) {
            body.append(ByteSink.ascii(Integer.toHexString(chunk.length) + (extensions ? ";a=b" : "") + "\r\n"));
            body.append(chunk).append('\r').append('\n');
        }
        body.append(ByteSink.ascii("0\r\nTrailer: x\r\n\r\n"));
        int end = body.size();
        body.append(ByteSink.ascii("NEXT"));

        skipper.beginChunks();
        for (int i = 0; i < end - 1; i++) {
            assertThat(skipper.skip(body.array(), i, i + 1)).isEqualTo(BodySkipper.Progress.MORE);
        }
        assertThat(skipper.skip(body.array(), end - 1, body.size())).isEqualTo(BodySkipper.Progress.DONE);
        assertThat(skipper.end()).isEqualTo(end);
    }
}

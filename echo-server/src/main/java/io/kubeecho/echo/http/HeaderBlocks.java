package io.kubeecho.echo.http;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.Http2Flags;
import io.netty.handler.codec.http2.Http2FrameTypes;

/**
 * Follows the frames of a client of HTTP/2 from head to head, to know how much of a request's fields has come and is kept
 * until the rest has, which Netty does not tell.
 */
final class HeaderBlocks {

    /** What a connection begins with (RFC 9113 section 3.4). */
    private static final int PREFACE = 24;

    /** Length in three bytes, type, flags, and a stream in four (RFC 9113 section 4.1). */
    private static final int FRAME_HEAD = 9;

    private static final int LENGTH_BYTES = 3;
    private static final int TYPE_AT = 3;
    private static final int FLAGS_AT = 4;

    /** In bytes: small frames are taken together, as each go costs something too. */
    private static final int IN_ONE_GO = 256;

    /** Bytes until the next frame's head. */
    private int skip = PREFACE;

    private int inHead;
    private int length;
    private int type;
    private long unfinished;

    /**
     * Looks at what has come, as far as it can be taken in one go, and leaves it as it is.
     *
     * @return how many bytes that is: all, or up to the end of a frame
     */
    int readInOneGo(ByteBuf bytes) {
        int from = bytes.readerIndex();
        int at = from;
        int to = bytes.writerIndex();
        while (at < to) {
            if (skip > 0) {
                int step = Math.min(skip, to - at);
                skip -= step;
                at += step;
            } else {
                headByte(bytes.getUnsignedByte(at++));
            }
            if (skip == 0 && inHead == 0 && at - from >= IN_ONE_GO) {
                break;
            }
        }
        return at - from;
    }

    private void headByte(int value) {
        if (inHead < LENGTH_BYTES) {
            length = length << 8 | value;
        } else if (inHead == TYPE_AT) {
            type = value;
        } else if (inHead == FLAGS_AT && (type == Http2FrameTypes.HEADERS || type == Http2FrameTypes.CONTINUATION)) {
            unfinished = (value & Http2Flags.END_HEADERS) == 0 ? unfinished + length : 0;
        }
        if (++inHead == FRAME_HEAD) {
            skip = length;
            inHead = 0;
            length = 0;
        }
    }

    /** In bytes; 0 where every request's fields have come to their end. */
    long unfinished() {
        return unfinished;
    }
}

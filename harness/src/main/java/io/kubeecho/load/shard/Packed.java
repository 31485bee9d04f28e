package io.kubeecho.load.shard;

import io.kubeecho.load.measure.Histograms;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.BitSet;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;

/** Bulk within a document, as base64: a container's log has room for some megabytes. */
final class Packed {

    /** More than any interval has, and little enough to be held. */
    private static final int MOST_BYTES = 1 << 28;

    private Packed() {}

    /** HdrHistogram's compressed encoding, as its logs have it; empty for one without values. */
    static String of(Histogram histogram) {
        if (histogram.getTotalCount() == 0) {
            return "";
        }
        ByteBuffer buffer = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
        int length = histogram.encodeIntoCompressedByteBuffer(buffer, Deflater.BEST_COMPRESSION);
        return Base64.getEncoder().encodeToString(Arrays.copyOf(buffer.array(), length));
    }

    /** @throws IllegalArgumentException if it is no histogram of such values */
    static Histogram precise(String text) {
        return into(Histograms.precise(), text);
    }

    /** @throws IllegalArgumentException if it is no histogram of such values */
    static Histogram coarse(String text) {
        return into(Histograms.coarse(), text);
    }

    private static Histogram into(Histogram histogram, String text) {
        if (!text.isEmpty()) {
            try {
                histogram.add(Histogram.decodeFromCompressedByteBuffer(
                        ByteBuffer.wrap(Base64.getDecoder().decode(text)), 0));
            } catch (DataFormatException | RuntimeException e) {
                throw new IllegalArgumentException("a histogram cannot be read", e);
            }
        }
        return histogram;
    }

    /** The bits from {@code from} on. */
    static String of(BitSet bits, int from) {
        return Base64.getEncoder()
                .encodeToString(bits.get(from, Math.max(from, bits.length())).toByteArray());
    }

    /** @param from where the first bit belongs */
    static BitSet bits(String text, int from) {
        BitSet bits = new BitSet();
        BitSet.valueOf(Base64.getDecoder().decode(text)).stream().forEach(i -> bits.set(from + i));
        return bits;
    }

    /** Deflated, with zlib's header. */
    static String of(byte[] bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION);
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            while (!deflater.finished()) {
                out.write(part, 0, deflater.deflate(part));
            }
            return Base64.getEncoder().encodeToString(out.toByteArray());
        } finally {
            deflater.end();
        }
    }

    /** @throws IllegalArgumentException if it was not deflated, or is larger than anything that is written */
    static byte[] bytes(String text) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(Base64.getDecoder().decode(text));
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            while (!inflater.finished()) {
                int length = inflater.inflate(part);
                if (length == 0 || out.size() > MOST_BYTES) {
                    throw new IllegalArgumentException("packed bytes are cut off, or too many");
                }
                out.write(part, 0, length);
            }
            return out.toByteArray();
        } catch (DataFormatException e) {
            throw new IllegalArgumentException("packed bytes cannot be read", e);
        } finally {
            inflater.end();
        }
    }
}

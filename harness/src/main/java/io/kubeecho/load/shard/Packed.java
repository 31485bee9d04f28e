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

    /** What is written deflates to a tenth; whatever deflates to far less was written by somebody else. */
    private static final int MOST_TIMES = 200;

    private static final long MOST_VALUES = 1_000_000_000_000_000L;

    /** Of HdrHistogram's encoding, version 2: a cookie and a length before what is deflated, and in that a header. */
    private static final int OUTER_HEADER = 8;

    private static final int INNER_HEADER = 40;
    private static final int PAYLOAD_LENGTH = 4;
    private static final int DIGITS = 12;
    private static final int LOWEST = 16;
    private static final int HIGHEST = 24;

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
                histogram.add(decoded(Base64.getDecoder().decode(text), histogram));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException("a histogram cannot be read", e);
            }
        }
        return histogram;
    }

    /** HdrHistogram makes room for whatever its header says, so that is looked at first. */
    private static Histogram decoded(byte[] compressed, Histogram like) {
        ByteBuffer outer = ByteBuffer.wrap(compressed);
        byte[] inner = inflated(
                Arrays.copyOfRange(compressed, OUTER_HEADER, compressed.length), like.getNeededByteBufferCapacity());
        ByteBuffer plain = ByteBuffer.wrap(inner);
        boolean same = outer.getInt(Integer.BYTES) == compressed.length - OUTER_HEADER
                && plain.getInt(PAYLOAD_LENGTH) == inner.length - INNER_HEADER
                && plain.getInt(DIGITS) == like.getNumberOfSignificantValueDigits()
                && plain.getLong(LOWEST) == like.getLowestDiscernibleValue()
                && plain.getLong(HIGHEST) == like.getHighestTrackableValue();
        if (!same) {
            throw new IllegalArgumentException("not of this kind");
        }
        Histogram decoded = Histogram.decodeFromByteBuffer(plain, 0);
        if (decoded.getTotalCount() < 0 || decoded.getTotalCount() > MOST_VALUES) {
            throw new IllegalArgumentException(decoded.getTotalCount() + " values");
        }
        return decoded;
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
        byte[] deflated = Base64.getDecoder().decode(text);
        return inflated(deflated, (int) Math.min(MOST_BYTES, (long) MOST_TIMES * deflated.length + 8192));
    }

    private static byte[] inflated(byte[] deflated, int most) {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(deflated);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            byte[] part = new byte[8192];
            while (!inflater.finished()) {
                int length = inflater.inflate(part);
                if (out.size() + length > most || (length == 0 && !inflater.finished())) {
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

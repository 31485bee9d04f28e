package io.kubeecho.load.shard;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kubeecho.load.drive.GeneratorFigures;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.Histograms;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Writes a shard's document, one line of JSON, while the load runs: a long one keeps no intervals in memory. One that was
 * cut off is a line without an end, which is found out when it is read.
 */
public final class ShardWriter implements AutoCloseable {

    /** As many as are kept of any load. */
    private static final int KEPT_ERRORS = 10_000;

    /** Where it goes; asked for when there is something to write, and closed by whoever gives it. */
    @FunctionalInterface
    public interface Sink {
        OutputStream open() throws IOException;
    }

    private final ShardHeader header;
    private final Sink sink;
    private final Names names = new Names();
    private final Map<String, PodSum> pods = new TreeMap<>();
    private @Nullable JsonGenerator json;
    private int errorEvents;

    public ShardWriter(ShardHeader header, Sink sink) {
        this.header = header;
        this.sink = sink;
    }

    /**
     * Adds one interval.
     *
     * @param cuts of all event loops
     * @throws UncheckedIOException if it cannot be written
     */
    public void add(List<Cut> cuts, double fromSeconds, double toSeconds) {
        try {
            JsonGenerator out = begun();
            for (Cut cut : cuts) {
                CutDocument document = CutDocument.of(cut, fromSeconds, toSeconds, KEPT_ERRORS - errorEvents, names);
                errorEvents += document.errorEvents().size();
                out.writePOJO(document);
                cut.pods()
                        .forEach((pod, part) ->
                                pods.computeIfAbsent(pod, p -> new PodSum()).add(part));
            }
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write the shard's document", e);
        }
    }

    /** Ends it. */
    public void finish(LoadResult result) throws IOException {
        JsonGenerator out = begun();
        out.writeEndArray();
        out.writePOJOField("names", names.all());
        Map<String, ShardDocument.PodTotal> totals = new TreeMap<>();
        pods.forEach((pod, sum) -> {
            if (sum.answered) {
                totals.put(pod, new ShardDocument.PodTotal(sum.firstSeen, sum.lastSeen, Packed.of(sum.response)));
            }
        });
        out.writePOJOField("pods", totals);
        out.writeStringField("started", result.started().toString());
        Ending ending = result.figures().ending();
        out.writeNumberField("sendingSeconds", ending.sending());
        out.writeNumberField("lastAnswer", ending.lastAnswer());
        out.writeNumberField("lastOutcome", ending.lastOutcome());
        out.writeBooleanField("interrupted", result.interrupted());
        out.writeStringField("lastFailure", result.lastFailure().orElse(""));
        GeneratorFigures g = result.generator();
        out.writePOJOField(
                "generator",
                new ShardDocument.Generator(
                        Packed.of(g.overslept()),
                        g.busiestLoop(),
                        g.processCpuSeconds(),
                        g.machineBusy(),
                        g.gcSeconds(),
                        g.mostWaiting(),
                        g.limits(),
                        g.notes()));
        out.writeEndObject();
        out.writeRaw('\n');
        out.close();
    }

    private JsonGenerator begun() throws IOException {
        if (json != null) {
            return json;
        }
        JsonGenerator out =
                ShardDocument.JSON.createGenerator(sink.open()).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
        json = out;
        out.writeStartObject();
        out.writeStringField("format", ShardDocument.FORMAT);
        out.writeStringField("kubeEcho", header.kubeEcho());
        out.writeNumberField("shard", header.shard().number());
        out.writeNumberField("shards", header.shard().count());
        out.writePOJOField("targets", header.targets());
        out.writePOJOField("settings", header.settings());
        out.writeNumberField("intervalNanos", header.interval().toNanos());
        out.writeBooleanField("affinityExpected", header.affinity().expected());
        out.writeNumberField("affinityTimeout", header.affinity().timeout().toMillis() / 1e3);
        out.writeNumberField("endpoints", header.endpoints().orElse(0));
        out.writeStringField("objectives", header.objectives().orElse(""));
        out.writeArrayFieldStart("cuts");
        return out;
    }

    @Override
    public void close() {
        if (json != null && !json.isClosed()) {
            try {
                json.disable(JsonGenerator.Feature.AUTO_CLOSE_JSON_CONTENT).close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write the shard's document", e);
            }
        }
    }

    /** One pod over the whole time. */
    private static final class PodSum {
        private boolean answered;
        private long firstSeen = Long.MAX_VALUE;
        private long lastSeen = Long.MIN_VALUE;
        private final Histogram response = Histograms.coarse();

        void add(Cut.Pod part) {
            answered |= part.requests() > 0;
            firstSeen = Math.min(firstSeen, part.firstSeen());
            lastSeen = Math.max(lastSeen, part.lastSeen());
            response.add(part.response());
        }
    }
}

package io.kubeecho.load.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.drive.GeneratorFigures;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Histograms;
import io.kubeecho.load.measure.LoopTally;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.measure.Quantiles;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.measure.Visit;
import io.kubeecho.load.schedule.Shard;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What shards recorded, written, read and added up, is what one process would have recorded. */
class ShardsTest {

    private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");
    private static final long SECOND = 1_000_000_000L;
    private static final SessionAffinity AFFINITY = new SessionAffinity(true, Duration.ofHours(3));
    private static final int SECONDS = 4;

    /** A shard that is made up, and the same events told to one process that has them all. */
    private static final class Made {
        private final LoopTally tally = new LoopTally(true);
        private final ByteArrayOutputStream out = new ByteArrayOutputStream();
        private final ShardWriter writer;
        private final Measurement own = new Measurement(AFFINITY, Optional.empty());
        private final Instant started;
        private final List<String> limits;

        Made(ShardHeader header, Instant started, List<String> limits) {
            this.writer = new ShardWriter(header, () -> out);
            this.started = started;
            this.limits = limits;
        }

        void cut(double from, double to) {
            List<Cut> cuts = List.of(tally.cut());
            writer.add(cuts, from, to);
            own.add(cuts, from, to);
        }

        String finish() throws IOException {
            own.end(tally.ending(SECONDS));
            Histogram overslept = Histograms.coarse();
            overslept.recordValue(50_000);
            Figures figures = own.figures();
            writer.finish(new LoadResult(
                    started,
                    figures,
                    new GeneratorFigures(
                            Quantiles.of(figures.lag()), overslept, 0.25, 1.5, 0.5, 0.01, 3, limits, List.of("slow")),
                    false,
                    Optional.of("refused: nobody")));
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    private static ShardHeader header(int index, int count, Map<String, String> settings) {
        return new ShardHeader(
                "test",
                new Shard(index, count),
                List.of("http://echo/"),
                settings,
                Duration.ofSeconds(1),
                AFFINITY,
                Optional.empty(),
                Optional.of("pods==4"));
    }

    private static Made made(int index, int count) {
        return new Made(header(index, count, Map.of("rate", "100")), START, List.of());
    }

    /** Something that comes of a send that was due, at a time. */
    private record Event(long at, LoopTally own, Consumer<LoopTally> what) {}

    /** What happens to one shard in a second. */
    private static List<Event> random(Random random, LoopTally own, int second, String source) {
        List<Event> events = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            long due = second * SECOND + (long) (random.nextDouble() * SECOND * 0.9);
            long took = (long) (1e6 * Math.exp(random.nextGaussian()));
            String pod = "pod-" + random.nextInt(4);
            int kind = random.nextInt(12);
            events.add(new Event(due + took, own, tally -> {
                tally.due(due, due + 20_000);
                tally.connected(due, due + 90_000);
                if (kind == 0) {
                    tally.failed(due, due + 10_000, due + took, ErrorKind.TIMEOUT, pod, "no \"answer\"\n");
                    return;
                }
                tally.visited(new Visit(due, true, true, source, kind == 1 ? "" : source, pod, "echo"));
                int status = kind == 2 ? 503 : 200;
                tally.answered(due, due + 10_000, due + took, status, 70, new Identity(pod, source));
            }));
        }
        return events;
    }

    @Property(tries = 40)
    void shards_add_up_to_what_one_process_would_have_measured(
            @ForAll @IntRange(min = 1, max = 5) int shards, @ForAll long seed) throws Exception {
        Random random = new Random(seed);
        List<Made> all = new ArrayList<>();
        for (int i = 0; i < shards; i++) {
            all.add(made(i, shards));
        }
        Measurement whole = new Measurement(AFFINITY, Optional.empty());
        for (int second = 0; second < SECONDS; second++) {
            LoopTally together = new LoopTally(true);
            List<Event> events = new ArrayList<>();
            for (int i = 0; i < shards; i++) {
                events.addAll(random(random, all.get(i).tally, second, "10.0.0." + i));
            }
            events.sort(Comparator.comparingLong(Event::at));
            for (Event event : events) {
                event.what().accept(event.own());
                event.what().accept(together);
            }
            for (Made each : all) {
                each.cut(second, second + 1);
            }
            whole.add(List.of(together.cut()), second, second + 1);
        }
        whole.end(all.stream()
                .map(each -> each.tally.ending(SECONDS))
                .reduce(Ending::or)
                .orElseThrow());
        StringBuilder log = new StringBuilder("a line of something else\n");
        for (Made each : all) {
            log.append("[pod/load/load] ").append(each.finish()).append("and another\n");
        }
        LoadResult merged = add(log.toString(), false);
        assertThat(merged.figures())
                .usingRecursiveComparison()
                // in another order within an interval, and of the same
                .ignoringFields("errorEvents")
                .ignoringCollectionOrderInFields("affinity.moves")
                .withEqualsForType(Histogram::equals, Histogram.class)
                .isEqualTo(whole.figures());
        assertThat(merged.figures().errorEvents())
                .containsExactlyInAnyOrderElementsOf(whole.figures().errorEvents());
        assertThat(merged.generator().processCpuSeconds()).isEqualTo(1.5 * shards);
        assertThat(merged.generator().notes()).contains("slow");
    }

    @Property(tries = 60)
    void percentiles_of_the_merge_are_those_of_all_values(
            @ForAll @IntRange(min = 1, max = 6) int shards,
            @ForAll @IntRange(min = 1, max = 400) int values,
            @ForAll long seed)
            throws Exception {
        Random random = new Random(seed);
        List<Long> all = new ArrayList<>();
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < shards; i++) {
            Made made = made(i, shards);
            for (int n = 0; n < values; n++) {
                // each shard sees another distribution, for which a mean of percentiles would be far off
                long took = 2_000 + (long) (1e5 * Math.pow(10, i % 4) * random.nextDouble());
                all.add(took);
                made.tally.answered(0, 0, took, 200, 1, Identity.UNKNOWN);
            }
            made.cut(0, 1);
            log.append(made.finish());
        }
        all.sort(null);
        Histogram merged = add(log.toString(), false).figures().response();
        assertThat(merged.getTotalCount()).isEqualTo(all.size());
        for (double percentile : new double[] {1, 50, 90, 99, 99.9, 100}) {
            long exact = all.get((int) Math.max(0, Math.ceil(percentile / 100 * all.size() - 1e-9) - 1));
            assertThat((double) merged.getValueAtPercentile(percentile))
                    .isBetween(exact * 0.999 - 512, exact * 1.001 + 512);
        }
    }

    @Test
    void a_document_is_as_its_schema_says() throws Exception {
        Made made = made(1, 3);
        random(new Random(1), made.tally, 0, "10.0.0.1").forEach(e -> e.what().accept(e.own()));
        made.cut(0, 1);
        String line = made.finish();
        assertThat(line.lines()).hasSize(1);
        ObjectNode json = (ObjectNode) JsonMapper.builder().build().readTree(line);
        JsonSchema schema;
        try (InputStream in = Objects.requireNonNull(ShardsTest.class.getResourceAsStream("shard.schema.json"))) {
            schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                    .getSchema(in);
        }
        assertThat(schema.validate(json)).isEmpty();
        json.remove("names");
        json.put("shard", 0);
        assertThat(schema.validate(json)).hasSize(2);
    }

    @Test
    void a_source_in_two_shards_is_not_judged_and_said_so() throws Exception {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            Made made = made(i, 2);
            for (int n = 0; n < 4; n++) {
                String own = "10.0.0." + i;
                made.tally.visited(new Visit(n, true, true, "10.9.9.9", "10.9.9.9", "pod-" + n % 2, "echo"));
                made.tally.visited(new Visit(n, true, true, own, own, "pod-" + i, "echo"));
            }
            made.cut(0, 1);
            log.append(made.finish());
        }
        Figures figures = add(log.toString(), false).figures();
        assertThat(figures.affinity().sharedSources()).isEqualTo(1);
        assertThat(figures.affinity().sources()).isEqualTo(2);
        assertThat(figures.affinity().total()).isZero();
        // what was sent and seen adds up all the same
        assertThat(figures.census().connections()).isEqualTo(16);
    }

    @Test
    void shards_that_began_apart_are_placed_by_their_clocks() throws Exception {
        StringBuilder log = new StringBuilder();
        for (int i = 0; i < 2; i++) {
            Made made = new Made(header(i, 2, Map.of("rate", "100")), START.plusSeconds(2L * i), List.of());
            for (int second = 0; second < 3; second++) {
                made.tally.due(second * SECOND, second * SECOND);
                made.tally.answered(
                        second * SECOND, second * SECOND, second * SECOND + 5, 200, 1, new Identity("a", ""));
                made.cut(second, second + 1);
            }
            log.append(made.finish());
        }
        LoadResult merged = add(log.toString(), false);
        assertThat(merged.figures().intervals().stream().map(i -> i.answered())).containsExactly(1L, 1L, 2L, 1L, 1L);
        assertThat(merged.figures().pods().get(0).lastSeen()).isBetween(4.0, 4.1);
        assertThat(merged.figures().ending().sending()).isEqualTo(SECONDS + 2);
        assertThat(merged.generator().notes())
                .contains(
                        "added up from 2 shards, which began within 2000 ms, so the rate was not the whole one all the"
                                + " time; see --start-at");
    }

    @Test
    void a_generator_that_was_the_limit_is_named() throws Exception {
        String log = made(0, 2).finish()
                + new Made(header(1, 2, Map.of("rate", "100")), START, List.of("an event loop was busy")).finish();
        assertThat(add(log, false).generator().limits()).containsExactly("shard 2: an event loop was busy");
    }

    @Test
    void shards_that_do_not_belong_together_are_refused() throws Exception {
        String one = made(0, 3).finish();
        String two = made(1, 3).finish();
        assertThatThrownBy(() -> add("nothing\n", false)).hasMessageContaining("there is no shard's document");
        assertThatThrownBy(() -> add(one + two, false))
                .hasMessage("shard 3 of 3 is missing; give the rest of the documents too, or report what is there with"
                        + " --partial");
        assertThatThrownBy(() -> add(one + two + two, true))
                .hasMessage("shard 2/3 is there twice, in log, line 2 and in log, line 3; leave out the one that is not"
                        + " of this load");
        String otherRate = new Made(header(1, 3, Map.of("rate", "200")), START, List.of()).finish();
        assertThatThrownBy(() -> add(one + otherRate, true)).hasMessageContaining("they differ in rate (100 and 200)");
        Made earlier = new Made(header(1, 3, Map.of("rate", "100")), START.minusSeconds(60), List.of());
        earlier.cut(0, 4);
        String before = earlier.finish();
        assertThatThrownBy(() -> add(one + before, true))
                .hasMessageContaining("shard 1/3 (log) began 56.0 s after shard 2/3 (log, line 2) had ended");
        assertThat(add(one + two, true).generator().notes())
                .anyMatch(note ->
                        note.startsWith("shard 3 of 3 is missing: all counts and rates are of the others only"));
    }

    @Test
    void what_is_not_a_whole_document_is_refused_in_a_line() throws Exception {
        String whole = made(0, 1).finish();
        assertThatThrownBy(() -> add(whole.substring(0, whole.length() / 2), false))
                .isInstanceOf(ShardException.class)
                .hasMessageContaining("the shard's document in log is cut off or damaged");
        assertThatThrownBy(() -> add(whole.replace("kube-echo shard 2", "kube-echo shard 3"), false))
                .hasMessageContaining("is of another format than 'kube-echo shard 2'");
        assertThatThrownBy(() -> add(whole.replace("\"shards\":1", "\"shards\":0"), false))
                .hasMessageContaining("damaged");
        assertThatThrownBy(() -> add(whole.replace("\"overslept\":\"", "\"overslept\":\"AAAA"), false))
                .hasMessageContaining("damaged");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"to\":1.0 | \"to\":1e15 | no load leaves an interval from 0.0 to 1.0E15 s",
                "\"to\":1.0 | \"to\":2e6 | no load leaves 1 intervals in 2000000.0 s",
                "\"to\":1.0 | \"to\":1e308 | no load leaves an interval from 0.0 to 1.0E308 s",
                "\"to\":1.0 | \"to\":1e999 | damaged",
                "\"due\":2 | \"due\":-2 | no load leaves a count of -2",
                "\"due\":2 | \"due\":9000000000000000000 | no load leaves a count of 9000000000000000000",
                "\"answeredFrom\":0 | \"answeredFrom\":2147483647 | no load leaves an answer after 2147483647 ms",
                "\"endpoints\":0 | \"endpoints\":2147483647 | no load leaves 2147483647 endpoints",
                "\"started\":\"2026 | \"started\":\"+100002026 | damaged",
                "\"busiestLoop\":0.25 | \"busiestLoop\":-1e308 | no load leaves a figure of the generator of -1.0E308",
                "\"intervalNanos\":1000000000 | \"intervalNanos\":1 | no load leaves an interval of 1 ns",
            })
    @Timeout(20)
    void what_no_load_leaves_is_refused_in_a_line(String there, String instead, String message) throws Exception {
        String whole = small();
        assertThat(whole).contains(there);
        assertThatThrownBy(() -> add(whole.replace(there, instead), false))
                .isInstanceOf(ShardException.class)
                .hasMessageContaining(message);
    }

    @Test
    @Timeout(20)
    void what_deflates_to_far_more_than_was_written_is_refused() throws Exception {
        String bomb = Packed.of(new byte[200 << 20]);
        for (String field : List.of("visits", "response", "lag")) {
            String hostile = small().replaceFirst("\"" + field + "\":\"[^\"]*\"", "\"" + field + "\":\"" + bomb + "\"");
            assertThatThrownBy(() -> add(hostile, false))
                    .describedAs(field)
                    .isInstanceOf(ShardException.class)
                    .hasMessageContaining("damaged");
        }
    }

    /** HdrHistogram makes room for what a header says before it reads the rest. */
    @Test
    void a_histogram_of_another_kind_is_refused() throws Exception {
        Histogram wide = new Histogram(1, Long.MAX_VALUE / 2, 5);
        wide.recordValue(5);
        String hostile = small().replaceFirst("\"response\":\"[^\"]+\"", "\"response\":\"" + Packed.of(wide) + "\"");
        assertThatThrownBy(() -> add(hostile, false))
                .isInstanceOf(ShardException.class)
                .hasMessageContaining("a histogram cannot be read");
    }

    @Test
    void shards_with_more_pods_in_all_than_one_load_keeps_have_further_ones() throws Exception {
        StringBuilder log = new StringBuilder();
        for (int shard = 0; shard < 2; shard++) {
            Made made = made(shard, 2);
            for (int pod = 0; pod < 900; pod++) {
                made.tally.answered(0, 0, 5, 200, 1, new Identity("pod-" + shard + "-" + pod, ""));
            }
            made.cut(0, 1);
            log.append(made.finish());
        }
        Figures figures = add(log.toString(), false).figures();
        assertThat(figures.hasFurtherPods()).isTrue();
        assertThat(figures.pods()).hasSizeLessThanOrEqualTo(1_003);
        assertThat(figures.pods().stream().mapToLong(p -> p.requests()).sum()).isEqualTo(1_800);
    }

    private static String small() throws Exception {
        Made made = made(0, 1);
        for (int i = 0; i < 2; i++) {
            made.tally.due(0, 5);
            made.tally.visited(new Visit(1, true, true, "127.0.0.1", "127.0.0.1", "a", "t"));
            made.tally.answered(0, 2, 5, 200, 1, new Identity("a", ""));
        }
        made.cut(0, 1);
        return made.finish();
    }

    private static LoadResult add(String log, boolean partial) throws Exception {
        List<ShardPart> parts = ShardPart.read(new BufferedReader(new StringReader(log)), "log");
        return Shards.of(parts, partial).add(AFFINITY, Optional.empty(), (interval, histograms) -> {});
    }
}

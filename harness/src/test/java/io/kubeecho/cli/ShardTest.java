package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.load.FakeService;
import io.kubeecho.load.measure.Histograms;
import io.kubeecho.load.schedule.Shard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** One load by several processes, and {@code kube-echo report}. */
class ShardTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @TempDir
    private Path folder;

    @Test
    void three_shards_make_one_load() throws IOException {
        // threads of their own: since JDK 25 the common pool is used even where two CPUs give it a single one
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try (FakeService service = new FakeService(0, FakeService.sticky(4, 0, 3), () -> 0)) {
            long begun = System.nanoTime();
            String start = Instant.now().plusSeconds(5).toString();
            List<CompletableFuture<Cli>> running = new ArrayList<>();
            for (int number = 1; number <= 3; number++) {
                String shard = number + "/3";
                running.add(CompletableFuture.supplyAsync(
                        () -> load(
                                service.url(),
                                "--shard",
                                shard,
                                "--start-at",
                                start,
                                "--rate",
                                "300",
                                "--requests",
                                "400",
                                "--connections",
                                "per-request",
                                "--sources",
                                "127.9.0.0/27",
                                "--slo",
                                "errors==0, pods==4, affinity.violations==0, source.preserved==100%, connections==400"),
                        threads));
            }
            running.forEach(r ->
                    assertThat(r.join().exitCode()).describedAs(r.join().err()).isZero());
            assertThat(System.nanoTime() - begun).isGreaterThan(5_000_000_000L);
            // one to look whether somebody is there for each
            assertThat(service.requests()).isEqualTo(400 + 3);
        } finally {
            threads.shutdownNow();
        }
        Path merged = folder.resolve("merged");
        Cli report = Cli.run("report", folder.toString(), "--out", merged.toString());
        assertThat(report.exitCode()).describedAs(report.out() + report.err()).isIn(0, 3);
        assertThat(report.out()).contains("400 answers in", "added up from 3 shards, which began at the same time");

        JsonNode whole = JSON.readTree(merged.resolve("load.json").toFile());
        assertThat(whole.at("/objectives"))
                .hasSize(5)
                .allSatisfy(o -> assertThat(o.path("verdict").textValue()).isEqualTo("met"));
        assertThat(whole.at("/settings/shards").textValue()).isEqualTo("3");
        assertThat(whole.at("/affinity/sources").intValue()).isEqualTo(30);
        assertThat(whole.at("/affinity/repeatedConnections").intValue()).isEqualTo(370);
        Histogram all = Histograms.precise();
        for (int number = 1; number <= 3; number++) {
            JsonNode part = JSON.readTree(
                    folder.resolve("load-" + number + "-of-3.json").toFile());
            assertThat(part.at("/requests/due").intValue()).isEqualTo(number == 1 ? 134 : 133);
            assertThat(part.at("/objectives")).isEmpty();
            all.add(logged(folder.resolve("load-" + number + "-of-3.hlog")));
        }
        for (String percentile : List.of("p50", "p90", "p99", "p99.9")) {
            assertThat(whole.at("/latency/response").path(percentile).longValue())
                    .isEqualTo(all.getValueAtPercentile(Double.parseDouble(percentile.substring(1))));
        }
        assertThat(logged(merged.resolve("load.hlog"))).isEqualTo(all);
        for (String file : List.of("load.txt", "load.csv", "load.html")) {
            assertThat(merged.resolve(file)).isNotEmptyFile();
        }
    }

    @Test
    void a_load_can_be_judged_anew_and_is_told_as_before() throws IOException {
        try (FakeService service = FakeService.evenly(3)) {
            assertThat(load(service.url(), "--loops", "2", "--connections", "per-connection:7", "--slo", "pods==3")
                            .exitCode())
                    .isZero();
        }
        Path again = folder.resolve("again");
        String document = folder.resolve("load.shard.json").toString();
        Cli same = Cli.run("report", document, "--out", again.toString());
        assertThat(same.exitCode()).describedAs(same.err()).isZero();
        for (String file : List.of("load.txt", "load.json", "load.csv", "load.html")) {
            assertThat(again.resolve(file)).hasSameTextualContentAs(folder.resolve(file));
        }
        assertThat(logged(again.resolve("load.hlog"))).isEqualTo(logged(folder.resolve("load.hlog")));
        assertThat(Cli.run("report", document, "--out", again.toString(), "--slo", "pods==4")
                        .exitCode())
                .isEqualTo(1);
        Cli endpoints = Cli.run("report", document, "--out", again.toString(), "--slo", "rollout.errors==0");
        assertThat(endpoints.exitCode()).isEqualTo(2);
        assertThat(endpoints.err()).contains("is about endpoints, of which a shard's document has nothing");
        // of one address, whose connections went to pod after pod
        Cli strict = Cli.run("report", document, "--out", again.toString(), "--slo", "affinity.violations==0");
        assertThat(strict.out()).contains("MISSED       affinity.violations==0: ");
    }

    @Test
    void standard_output_has_the_document_and_nothing_else() throws IOException {
        Cli cli;
        try (FakeService service = FakeService.evenly(2)) {
            cli = load(service.url(), "--out", "-", "--shard", "2/2", "--max-lag", "0ms");
        }
        // what the generator was is told, and left to who puts the shards together
        assertThat(cli.exitCode()).describedAs(cli.err()).isZero();
        assertThat(cli.err())
                .contains("kube-echo load shard 2/2 ", "30 answers in", "the generator itself was the limit");
        assertThat(cli.out()).startsWith("{\"format\":\"kube-echo shard 2\",").hasLineCount(1);
        Path log = Files.writeString(folder.resolve("pods.log"), "some line\n" + cli.out());
        Cli missing = Cli.run("report", log.toString(), "--out", folder.toString());
        assertThat(missing.exitCode()).isEqualTo(2);
        assertThat(missing.err())
                .startsWith("kube-echo: shard 1 of 2 is missing; give")
                .hasLineCount(1);
        Cli partial = Cli.run("report", "--partial", log.toString(), "--out", folder.toString());
        assertThat(partial.exitCode()).isEqualTo(3);
        assertThat(partial.err()).contains("the generator itself was the limit: one send in 100");
        assertThat(partial.out())
                .contains("note         shard 1 of 2 is missing: all counts and rates are of the others");
    }

    @Test
    void one_address_in_two_shards_is_not_judged_for_affinity() {
        try (FakeService service = FakeService.evenly(2)) {
            List.of("1/2", "2/2").stream()
                    .map(shard -> CompletableFuture.supplyAsync(
                            () -> load(service.url(), "--shard", shard, "--connections", "per-request")))
                    .toList()
                    .forEach(r -> assertThat(r.join().exitCode()).isZero());
        }
        Cli report =
                Cli.run("report", folder.toString(), "--out", folder.toString(), "--slo", "affinity.violations==0");
        assertThat(report.exitCode()).describedAs(report.out() + report.err()).isEqualTo(3);
        assertThat(report.out())
                .contains("affinity     not judged for 1 source, from which several shards send")
                .contains("NOT MEASURED affinity.violations==0: could not be measured");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--shard | 4/3 | there is no shard 4 of 3",
                "--shard | two | 'two' is not a shard such as 2/3, the second of three",
                "--shard | 1/7 | 6 clients cannot be dealt out among 7 shards",
                "--shards | 3 | --shards needs JOB_COMPLETION_INDEX, which Kubernetes sets in an Indexed Job; elsewhere",
                "--shard 1/2 --shards | 2 | --shard and --shards exclude each other",
                "--shard 1/2 --arrivals | poisson | shards of Poisson arrivals need the same --seed",
                "--shard 1/3 --sources | 127.9.0.1,127.9.0.2 | 2 source addresses cannot be dealt out among 3 shards",
                "--shard 1/3 --requests | 2 | 2 requests cannot be dealt out among 3 shards",
                "--shard 1/3 --watch-service | default/echo | --watch-service is not for shards",
                "--start-at | tomorrow | --start-at tomorrow is neither a time such as",
                "--start-at | 2020-01-01T00:00:00Z | is over, and the warm-up of 0s with it; it is",
                "--start-at | 9999999999 | is more than 10 minutes ahead; it is",
            })
    void wrong_usage_is_2_and_one_line(String options, String value, String message) {
        List<String> args = new ArrayList<>(List.of(options.split(" ", -1)));
        args.add(value);
        Cli cli = load("http://127.0.0.1:1/", args.toArray(String[]::new));
        assertThat(cli.err()).contains(message).hasLineCount(1);
        assertThat(cli.exitCode()).isEqualTo(2);
    }

    @Test
    void what_cannot_be_reported_is_2_and_one_line() throws IOException {
        Path file = Files.writeString(folder.resolve("empty.shard.json"), "");
        for (String given : List.of(
                folder.toString(),
                file.toString(),
                folder.resolve("no-such-file").toString())) {
            Cli cli = Cli.run("report", given, "--out", folder.toString());
            assertThat(cli.exitCode()).isEqualTo(2);
            assertThat(cli.err()).hasLineCount(1);
        }
        assertThat(Cli.run("report").err())
                .contains("Missing required parameter: 'FILE'")
                .hasLineCount(1);
    }

    @Test
    void a_pod_of_an_indexed_job_knows_its_shard() {
        ShardFlags flags = new ShardFlags();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("s", CommandLine.Model.CommandSpec.forAnnotatedObject(flags)))
                .parseArgs("--shards", "3");
        assertThat(flags.shard(name -> name.equals("JOB_COMPLETION_INDEX") ? "2" : null))
                .isEqualTo(Shard.of("3/3"));
        assertThatThrownBy(() -> flags.shard(name -> "3")).hasMessage("there is no shard 4 of 3");
        assertThatThrownBy(() -> flags.shard(name -> "x")).hasMessageContaining("not 'x'");
    }

    @Test
    void a_start_may_be_late_by_the_warm_up() {
        ShardFlags flags = new ShardFlags();
        new CommandLine(CommandLine.Model.CommandSpec.create()
                        .addMixin("s", CommandLine.Model.CommandSpec.forAnnotatedObject(flags)))
                .parseArgs("--start-at", "2026-01-31T12:00:00Z");
        Instant at = Instant.parse("2026-01-31T12:00:00Z");
        assertThat(flags.startAt(at.plusSeconds(2), Duration.ofSeconds(2))).contains(at);
        assertThat(flags.startAt(at.minusSeconds(600), Duration.ZERO)).contains(at);
        assertThatThrownBy(() -> flags.startAt(at.plusMillis(2001), Duration.ofSeconds(2)))
                .hasMessageContaining("is over");
        assertThatThrownBy(() -> flags.startAt(at.minusSeconds(601), Duration.ofSeconds(2)))
                .hasMessageContaining("is more than 10 minutes ahead");
    }

    private Cli load(String url, String... more) {
        List<String> args = new ArrayList<>(List.of("load", url, "--no-live"));
        args.addAll(List.of(more));
        for (String[] option : new String[][] {
            {"--rate", "200"},
            {"--requests", "60"},
            {"--warmup", "0s"},
            {"--duration", "20s"},
            {"--clients", "6"},
            {"--max-lag", "1m"},
            {"--out", folder.toString()}
        }) {
            if (!args.contains(option[0]) && !(option[0].equals("--clients") && args.contains("--sources"))) {
                args.addAll(List.of(option));
            }
        }
        return Cli.run(args.toArray(String[]::new));
    }

    /** As exact as what a load keeps, and no finer: a finer one would put what it adds into other buckets. */
    private static Histogram logged(Path file) throws IOException {
        Histogram all = Histograms.precise();
        try (HistogramLogReader reader = new HistogramLogReader(file.toFile())) {
            for (EncodableHistogram h = reader.nextIntervalHistogram(); h != null; h = reader.nextIntervalHistogram()) {
                if ("response".equals(h.getTag())) {
                    all.add((Histogram) h);
                }
            }
        }
        return all;
    }
}

package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.FakeService;
import io.kubeecho.load.watch.FakeApi;
import io.kubeecho.output.OutputLock;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code kube-echo load} from its arguments to its exit code; what goes wrong is told in one line. */
class LoadTest {

    @TempDir
    private Path folder;

    @Test
    void a_load_that_meets_its_objectives_leaves_reports_of_every_kind() {
        try (FakeService service = FakeService.evenly(3)) {
            // each client comes from an address of its own, so that to keep its connection is to keep its pod
            Cli cli = load(
                    service.url(),
                    "--sources",
                    "127.9.0.0/28",
                    "--slo",
                    "errors==0, pods==3, affinity.violations==0",
                    "--max-lag",
                    "1m");
            assertThat(cli.exitCode()).describedAs(cli.out() + cli.err()).isZero();
            assertThat(cli.out()).contains("pod-0", "pod-1", "pod-2", "MET          pods==3: 3");
            for (String file : List.of("load.txt", "load.json", "load.csv", "load.hlog", "load.html")) {
                assertThat(folder.resolve(file)).isNotEmptyFile();
            }
        }
    }

    @Test
    void a_missed_objective_is_1() {
        try (FakeService service = FakeService.evenly(3)) {
            assertThat(load(service.url(), "--slo", "pods==4", "--max-lag", "1m")
                            .exitCode())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_generator_that_was_the_limit_is_3_unless_it_cannot_be_to_blame() {
        try (FakeService service = FakeService.evenly(3)) {
            // no machine is on time to the millisecond's thousandth
            Cli cli = load(service.url(), "--max-lag", "0ms", "--slo", "p99<1ms");
            assertThat(cli.exitCode()).isEqualTo(3);
            assertThat(cli.err())
                    .startsWith("kube-echo: the generator itself was the limit: one send in 100 was at least ")
                    .hasLineCount(1);
            assertThat(load(service.url(), "--max-lag", "0ms", "--slo", "p99<1ms,pods==4")
                            .exitCode())
                    .isEqualTo(1);
        }
    }

    @Test
    void a_target_that_cannot_be_had_leaves_the_files_as_they_are() throws IOException {
        Path log = folder.resolve("load.hlog");
        load("http://127.0.0.1:1/");
        assertThat(log).doesNotExist();
        Files.writeString(log, "of an earlier load");
        load("http://127.0.0.1:1/");
        assertThat(log).hasContent("of an earlier load");
    }

    @Test
    void a_target_that_cannot_be_had_is_4() throws IOException {
        assertThat(load("http://127.0.0.1:1/"))
                .isEqualTo(told(4, "http://127.0.0.1:1/ refuses connections: nothing listens there"));
        assertThat(load("http://no-such-host.invalid/"))
                .isEqualTo(told(4, "the name 'no-such-host.invalid' does not resolve"));
        try (ServerSocket silent = new ServerSocket(0)) {
            String url = "http://127.0.0.1:" + silent.getLocalPort() + "/";
            assertThat(load(url, "--timeout", "100ms"))
                    .isEqualTo(told(4, url + " takes a connection and does not answer in time (--timeout)"));
        }
    }

    @Test
    void a_target_that_does_not_speak_http_2_is_4() {
        try (FakeService service = FakeService.evenly(1)) {
            Cli cli = load(service.url(), "--http", "2", "--timeout", "10s");
            assertThat(cli)
                    .isEqualTo(told(
                            4,
                            service.url() + " does not speak the HTTP that it is asked in (--http): "
                                    + "what answers there does not speak HTTP/2"));
        }
    }

    @Test
    void a_failed_handshake_is_4_and_says_what_to_do() {
        try (FakeService service = FakeService.evenly(1)) {
            Cli cli = load(service.url().replace("http:", "https:"), "--timeout", "2s");
            assertThat(cli.exitCode()).isEqualTo(4);
            assertThat(cli.err())
                    .contains("cannot be spoken to by TLS", "--insecure")
                    .hasLineCount(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--slo | p99<fast | the objective 'p99<fast' is not understood: 'fast' is not a number",
                "--identity | nobody | unknown identity 'nobody'; there is auto",
                "--connections | often | 'often' is not a connection policy; there is pinned",
                "--sources | 192.0.2.1 | the source address 192.0.2.1 is not one of this machine's",
                "--sources | 10.0.0.0/4 | makes more than 65536 source addresses",
                "--rate | fast | 'fast' is not a rate such as 1000 or 100..1000",
                "--rate | 0 | a rate of 0 sends nothing",
                "--rate | 10000000 | a rate of 10000000 is more than one machine sends",
                "--rate | 1..2000000 | a rate of 1..2000000 is more than one machine sends",
                "--identity | regex:(?<=a)b | is not a regular expression as RE2 takes them",
                "--endpoints | 2000000000 | --endpoints is 1 to 150000, as many pods as a cluster has",
                "--body | @/no/such/file | there is no file '/no/such/file' to send as the --body",
                "--header | Content-Length: 5 | the header 'Content-Length' cannot be given: it is made of --body",
                "--header | transfer-ENCODING: chunked | the header 'transfer-ENCODING' cannot be given: a body is sent",
                "--header | Connection: close | the header 'Connection' cannot be given: --connections says",
                "--header | Upgrade: h2c | the header 'Upgrade' cannot be given",
                "--header | TE: trailers | the header 'TE' cannot be given",
                "--header | :authority: x | is not a header of the form NAME:VALUE; HTTP/2's own",
                "--header | X Y: z | 'X Y' is not the name of a header",
                "--method | G(T | 'G(T' is not a method such as GET",
                "--method | connect | CONNECT makes a tunnel",
                "--http | 3 | HTTP '3' is neither 1.1 nor 2",
                "--clients | 100000000 | need more open files than the",
                "--clients | 0 | at least one client",
                "--requests | 0 | a load is at least one send",
                "--duration | 0s | --duration is to be longer than nothing",
                "--duration | soon | is not a duration",
                "--header | nonsense | is not a header of the form NAME:VALUE",
                "--ca | /no/such/file | cannot be read",
                "--watch-service | Echo/ | 'Echo/' is not a Service such as echo or default/echo",
                "--watch-grace | soon | is not a duration",
                "--kubeconfig | some-file | --kubeconfig is for --watch-service",
                "--context | some | --context is for --watch-service",
                "--slo | rollout.errors==0 | the objective 'rollout.errors==0' needs --watch-service",
                "--metrics-port | 99999999 | cannot serve metrics on port 99999999",
            })
    void wrong_usage_is_2_and_one_line(String option, String value, String message) {
        Cli cli = load("http://127.0.0.1:1/", option, value);
        assertThat(cli.err()).contains(message).hasLineCount(1);
        assertThat(cli.exitCode()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: a\r\nY: b", "X: a\nY: b", "X: a\rY: b", "X: a\u0000b", "X\n: a"})
    void what_would_end_a_header_is_refused_over_both_protocols(String header) {
        for (String http : List.of("1.1", "2")) {
            Cli cli = load("http://127.0.0.1:1/", "--header", header, "--http", http);
            assertThat(cli.exitCode()).isEqualTo(2);
            assertThat(cli.err()).hasLineCount(1).contains("\\u");
        }
    }

    @Test
    void whom_a_request_is_for_is_said_once() {
        assertThat(load("http://127.0.0.1:1/", "--header", "Host: a", "--header", "host: b")
                        .err())
                .contains("the header 'Host' can be given once only");
        assertThat(load("http://127.0.0.1:1/", "--header", "Host: a", "--http", "2")
                        .err())
                .contains("cannot be given over HTTP/2, whose :authority is made of the URL");
    }

    @Test
    void a_closed_load_has_no_rate() {
        for (String option : List.of("--rate", "--arrivals")) {
            Cli cli = Cli.run(
                    "load", "http://127.0.0.1:1/", "--closed", option, option.equals("--rate") ? "5" : "poisson");
            assertThat(cli.exitCode()).isEqualTo(2);
            assertThat(cli.err())
                    .contains("--closed asks again as soon as it is answered, at no " + option)
                    .hasLineCount(1);
        }
    }

    /** Words of a file are no arguments, whatever option's value it is. */
    @Test
    void a_file_is_sent_to_the_byte_and_nothing_of_it_is_an_argument() throws IOException {
        byte[] content = "--header X:injected\n\"a b\" # \u0000\r\n".getBytes(StandardCharsets.UTF_8);
        Path file = Files.write(folder.resolve("body"), content);
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            CompletableFuture<byte[]> received = CompletableFuture.supplyAsync(() -> {
                try (Socket socket = server.accept()) {
                    byte[] all = socket.getInputStream().readNBytes(60);
                    String answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
                    while (!new String(all, StandardCharsets.ISO_8859_1)
                            .contains(new String(content, StandardCharsets.ISO_8859_1))) {
                        byte[] rest = socket.getInputStream().readNBytes(1);
                        byte[] longer = Arrays.copyOf(all, all.length + 1);
                        longer[all.length] = rest[0];
                        all = longer;
                    }
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    return all;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            load(
                    "http://127.0.0.1:" + server.getLocalPort() + "/",
                    "--body",
                    "@" + file,
                    "--method",
                    "POST",
                    "--requests",
                    "1",
                    "--timeout",
                    "2s");
            String request = new String(received.join(), StandardCharsets.ISO_8859_1);
            assertThat(request)
                    .contains("Content-Length: " + content.length + "\r\n")
                    .endsWith("\r\n\r\n" + new String(content, StandardCharsets.ISO_8859_1))
                    .doesNotContain("X: injected");
        }
        assertThat(load("http://127.0.0.1:1/", "--slo", "@" + file).err())
                .contains("the objective '@" + file + "' is not understood")
                .hasLineCount(1);
    }

    @Test
    void two_loads_do_not_write_to_one_folder() throws IOException {
        try (OutputLock other = OutputLock.take(folder, "load")) {
            assertThat(other).isNotNull();
            Cli cli = load("http://127.0.0.1:1/");
            assertThat(cli.exitCode()).isEqualTo(2);
            assertThat(cli.err())
                    .contains("another run is writing its reports to the folder")
                    .hasLineCount(1);
        }
    }

    @Test
    void a_full_disk_is_5_with_the_summary_and_no_half_of_a_file() throws IOException {
        Path earlier = Files.writeString(folder.resolve("load.json"), "of an earlier load");
        for (String file : List.of(".load.json.part", ".load.hlog.part", ".load.shard.json.part")) {
            Files.createSymbolicLink(folder.resolve(file), Path.of("/dev/full"));
        }
        try (FakeService service = FakeService.evenly(3)) {
            Cli cli = load(service.url(), "--max-lag", "1m");
            assertThat(cli.exitCode()).describedAs(cli.err()).isEqualTo(5);
            assertThat(cli.err())
                    .isEqualTo("kube-echo: cannot write " + earlier + ": No space left on device"
                            + System.lineSeparator());
            assertThat(cli.out()).contains("60 answers in ", "pod-2");
        }
        assertThat(earlier).hasContent("of an earlier load");
        assertThat(folder.resolve("load.csv")).isNotEmptyFile();
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("load.json", "load.txt", "load.csv", "load.html");
        }
    }

    /** The node's address hides who moved. */
    @Test
    void violations_behind_another_address_are_not_measured() {
        AtomicInteger next = new AtomicInteger();
        try (FakeService service =
                new FakeService(0, source -> "pod-" + next.getAndIncrement() % 4, () -> 0, source -> "10.0.0.1")) {
            Cli cli = load(
                    service.url(),
                    "--connections",
                    "per-request",
                    "--sources",
                    "127.9.0.0/29",
                    "--slo",
                    "affinity.violations==0",
                    "--max-lag",
                    "1m");
            assertThat(cli.exitCode()).describedAs(cli.out() + cli.err()).isEqualTo(3);
            assertThat(cli.err())
                    .contains("the objective affinity.violations==0 could not be measured: at least 0, and at most ");
            assertThat(cli.out())
                    .contains("affinity     not measured: at least 0 violations", "NOT MEASURED affinity.violations==0")
                    .doesNotContain("MET  ");
            assertThat(folder.resolve("load.json"))
                    .content()
                    .contains("\"outcome\" : \"unmeasured\"", "\"verdict\" : \"not-measured\"", "\"atMost\"");
            assertThat(folder.resolve("load.html")).content().contains("\"outcome\":\"unmeasured\"");
        }
    }

    @Test
    void a_name_from_the_network_is_obeyed_by_no_terminal() throws IOException {
        try (FakeService service = new FakeService(0, source -> "a\u001b[2J", () -> 0)) {
            Cli cli = load(service.url(), "--max-lag", "1m", "--identity", "regex:From=(?P<pod>.*)  ClientIP");
            assertThat(cli.exitCode()).describedAs(cli.out() + cli.err()).isZero();
            assertThat(cli.out()).contains("a\\u001b[2J").doesNotContain("\u001b");
            for (String file : List.of("load.txt", "load.json", "load.csv", "load.html", "load.shard.json")) {
                assertThat(Files.readString(folder.resolve(file)))
                        .describedAs(file)
                        .contains("[2J")
                        .doesNotContain("\u001b");
            }
        }
    }

    @Test
    void a_service_that_cannot_be_watched_is_4_before_any_load() throws IOException {
        Path none = folder.resolve("no-kubeconfig");
        String url = "http://127.0.0.1:1/";
        assertThat(load(url, "--watch-service", "echo", "--kubeconfig", none.toString()))
                .isEqualTo(told(4, "cannot read the kubeconfig " + none + ": there is no such file"));
        try (FakeApi api = new FakeApi()) {
            String kubeconfig = api.kubeconfig(folder).toString();
            Cli absent = load(url, "--watch-service", "default/none", "--kubeconfig", kubeconfig);
            assertThat(absent.exitCode()).isEqualTo(4);
            assertThat(absent.err())
                    .startsWith("kube-echo: there is no Service default/none in the cluster at http://127.0.0.1:")
                    .hasLineCount(1);
            assertThat(load(url, "--watch-service", "echo", "--kubeconfig", kubeconfig, "--context", "other"))
                    .isEqualTo(told(4, "the kubeconfig " + kubeconfig + " has no context 'other'"));
            assertThat(folder.resolve("load.hlog")).doesNotExist();
        }
    }

    @Test
    void what_goes_wrong_is_lined_up_with_the_changes_of_the_watched_service() throws IOException {
        AtomicInteger answers = new AtomicInteger();
        try (FakeApi api = new FakeApi()
                        .service(new JsonObject("{\"sessionAffinity\":\"ClientIP\"}"))
                        .pod("pod-0", "{\"ready\":true}");
                FakeService service = new FakeService(
                        0,
                        source -> {
                            int n = answers.incrementAndGet();
                            if (n == 10) {
                                // the node follows the API 0.7 s later
                                api.pod("pod-1", "{\"ready\":true}").gone("pod-0");
                            }
                            return n == 40 ? "" : n < 45 ? "pod-0" : "pod-1";
                        },
                        () -> 0)) {
            Cli cli = load(
                    service.url(),
                    "--connections",
                    "per-request",
                    "--rate",
                    "50",
                    "--watch-service",
                    "echo",
                    "--kubeconfig",
                    api.kubeconfig(folder).toString(),
                    "--slo",
                    "rollout.changes==2, rollout.errors==1, rollout.stale<10s, rollout.stale-connections>0,"
                            + " affinity.violations==0",
                    "--max-lag",
                    "1m");
            assertThat(cli.exitCode()).describedAs(cli.out() + cli.err()).isZero();
            assertThat(cli.out())
                    .contains(
                            "ROLLOUT      default/echo: 1 ready at first, 1 at last; 2 changes of endpoints",
                            "removed      pod-0",
                            "first connection after ",
                            "1 reset-before-answer within 30.0 s after a change; none elsewhere",
                            "0 violations, ",
                            "endpoint gone");
            assertThat(folder.resolve("load-changes.csv")).isNotEmptyFile();
        }
    }

    @Test
    void a_public_address_is_loaded_only_by_its_owner() {
        Cli cli = load("http://203.0.113.1/");
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err())
                .contains("http://203.0.113.1/ is the public address 203.0.113.1; if it is yours to load, add"
                        + " --i-own-this-target");
    }

    @Test
    void a_folder_that_cannot_be_written_is_told_before_the_load() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        Cli cli = Cli.run("load", "http://127.0.0.1:1/", "--out", file.toString());
        assertThat(cli.exitCode()).isEqualTo(2);
        assertThat(cli.err()).contains("cannot write to the folder").hasLineCount(1);
    }

    private Cli load(String url, String... more) {
        List<String> args = new ArrayList<>(List.of("load", url, "--out", folder.toString(), "--no-live"));
        args.addAll(List.of(more));
        for (String[] option : new String[][] {
            {"--rate", "200"}, {"--requests", "60"}, {"--warmup", "0s"}, {"--duration", "20s"}, {"--clients", "6"}
        }) {
            if (!args.contains(option[0])) {
                args.addAll(List.of(option));
            }
        }
        return Cli.run(args.toArray(String[]::new));
    }

    private static Cli told(int exitCode, String message) {
        return new Cli(exitCode, "", "kube-echo: " + message + System.lineSeparator());
    }
}

package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.FakeService;
import io.kubeecho.load.watch.FakeApi;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @Test
    void a_service_that_cannot_be_watched_is_4_before_any_load() throws IOException {
        Path none = folder.resolve("no-kubeconfig");
        String url = "http://127.0.0.1:1/";
        assertThat(load(url, "--watch-service", "echo", "--kubeconfig", none.toString()))
                .isEqualTo(told(4, "cannot read the kubeconfig " + none));
        try (FakeApi api = new FakeApi()) {
            String kubeconfig = api.kubeconfig(folder).toString();
            Cli absent = load(url, "--watch-service", "default/none", "--kubeconfig", kubeconfig);
            assertThat(absent.exitCode()).isEqualTo(4);
            assertThat(absent.err())
                    .startsWith("kube-echo: there is no Service default/none in the cluster at http://127.0.0.1:")
                    .hasLineCount(1);
            assertThat(load(url, "--watch-service", "echo", "--kubeconfig", kubeconfig, "--context", "other"))
                    .isEqualTo(told(4, "the kubeconfig has no context 'other'"));
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

package io.kubeecho.load.drive;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.load.FakeService;
import io.kubeecho.load.Plans;
import io.kubeecho.load.address.Target;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.measure.Census;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.measure.PodFigures;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.Rate;
import io.kubeecho.load.schedule.Schedule;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PfxOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Whole runs against a Service in this process; they assert on counts and never on times, which a busy machine bends. */
class LoadRunTest {

    @TempDir
    private Path folder;

    @Test
    void every_request_is_accounted_for_by_the_pod_that_answered_it() {
        try (FakeService service = FakeService.evenly(4)) {
            Figures f = Plans.run(plan(service, "pinned", 8, "", Plans.open(2000, 1000)))
                    .figures();
            assertThat(f.answered()).isEqualTo(1000);
            assertThat(service.requests()).isEqualTo(1000);
            assertThat(f.errorCount()).isZero();
            assertThat(f.pods()).extracting(PodFigures::pod).containsExactly("pod-0", "pod-1", "pod-2", "pod-3");
            assertThat(f.pods().stream().mapToLong(PodFigures::requests).sum()).isEqualTo(1000);
            assertThat(f.pods()).extracting(PodFigures::connections).containsOnly(2L);
            assertThat(f.response().getTotalCount()).isEqualTo(1000);
            assertThat(f.intervals().stream().mapToLong(i -> i.answered()).sum())
                    .isEqualTo(1000);
        }
    }

    @ParameterizedTest
    // a connection that the end of the load cuts short makes one more for its client
    @CsvSource({"per-request, 300, 300", "per-connection:10, 30, 34", "pinned, 5, 5"})
    void a_policy_decides_how_many_connections_there_are(String policy, long least, long most) {
        try (FakeService service = FakeService.evenly(3)) {
            Figures f = Plans.run(plan(service, policy, 5, "", Plans.open(1000, 300)))
                    .figures();
            assertThat(f.answered()).isEqualTo(300);
            assertThat(f.connectionsUsed()).isBetween(least, most);
        }
    }

    @Test
    void churn_replaces_connections_and_never_more_than_asked() {
        try (FakeService service = FakeService.evenly(3)) {
            Figures f = Plans.run(plan(service, "churn:100", 5, "", Plans.open(500, 500)))
                    .figures();
            assertThat(f.answered()).isEqualTo(500);
            long replaced = f.connectionsUsed() - 5;
            assertThat(replaced).isPositive().isLessThanOrEqualTo(Math.round(f.seconds() * 100) + 1);
        }
    }

    @Test
    void each_client_sends_from_its_own_address_and_the_pod_sees_it() {
        try (FakeService service = FakeService.evenly(3)) {
            Figures f = Plans.run(plan(service, "per-request", 14, "127.9.0.0/28", Plans.open(500, 280)))
                    .figures();
            assertThat(f.census().preservedShare()).isEqualTo(1);
            assertThat(f.census().rows())
                    .hasSize(14)
                    .allMatch(row -> row.sentFrom().equals(row.seenAs()));
            assertThat(f.census().rows().stream()
                            .mapToLong(Census.Row::connections)
                            .sum())
                    .isEqualTo(280);
        }
    }

    @Test
    void broken_affinity_shows_as_violations_and_kept_affinity_does_not() {
        try (FakeService broken = new FakeService(0, FakeService.random(4, 1), () -> 0);
                FakeService kept = new FakeService(0, FakeService.sticky(4, 0, 1), () -> 0)) {
            Figures bad = Plans.run(plan(broken, "per-request", 10, "127.9.0.0/28", Plans.open(500, 300)))
                    .figures();
            Figures good = Plans.run(plan(kept, "per-request", 10, "127.9.0.0/28", Plans.open(500, 300)))
                    .figures();
            assertThat(bad.affinity().count(Move.Cause.VIOLATION)).isGreaterThan(100);
            assertThat(good.affinity().total()).isZero();
            assertThat(good.affinity().revisits()).isEqualTo(290);
        }
    }

    @Test
    void what_a_stall_delays_counts_from_when_it_was_due() {
        try (FakeService service = FakeService.evenly(1)) {
            service.stall(TimeUnit.SECONDS.toNanos(1));
            Figures f = Plans.run(plan(service, "pinned", 2, "", Plans.open(100, 100)))
                    .figures();
            // two clients wait out the stall; the other sends of that second wait for them
            assertThat(f.response().getCountBetweenValues(100_000_000L, Long.MAX_VALUE))
                    .isGreaterThan(70);
            assertThat(f.service().getCountBetweenValues(100_000_000L, Long.MAX_VALUE))
                    .isLessThan(f.response().getCountBetweenValues(100_000_000L, Long.MAX_VALUE));
        }
    }

    @ParameterizedTest
    @CsvSource({"''", "?kube-echo.format=json"})
    void our_own_server_is_understood_in_both_of_its_forms(String query) {
        Vertx vertx = Vertx.vertx();
        try {
            EchoConfig config = EchoConfig.embedded("127.0.0.1", "echo-5d8f-x7").withPort(0);
            String url = "http://127.0.0.1:"
                    + EchoServer.start(vertx, config).await().port() + "/" + query;
            Figures f = Plans.run(Plans.plan(
                            url,
                            LoadPlan.HttpKind.HTTP1,
                            new ConnectionPolicy.PerConnection(4),
                            5,
                            "127.9.0.0/29",
                            Plans.open(500, 60)))
                    .figures();
            assertThat(f.errors()).isEmpty();
            assertThat(f.pods()).extracting(PodFigures::pod).containsExactly("echo-5d8f-x7");
            assertThat(f.census().rows())
                    .hasSize(5)
                    .allMatch(row -> row.sentFrom().equals(row.seenAs()));
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void what_the_warm_up_could_not_send_does_not_stand_before_what_is_measured() {
        // one answer in 100 ms, and a warm-up that asks for 100 of them
        try (FakeService service = new FakeService(0, source -> "pod-0", () -> 100_000_000L)) {
            LoadPlan.Model model = new LoadPlan.Open(new Schedule(
                    Rate.constant(100), Arrivals.REGULAR, Duration.ofSeconds(1), Duration.ofMinutes(1), 1, 1));
            LoadResult result = Plans.run(plan(service, "pinned", 1, "", model));
            assertThat(result.figures().answered()).isEqualTo(1);
            assertThat(service.requests()).isLessThan(50);
        }
    }

    @Test
    void a_connection_that_is_closed_without_an_answer_is_an_error_of_its_kind() {
        try (FakeService service = new FakeService(0, source -> "", () -> 0)) {
            LoadResult result = Plans.run(plan(service, "per-request", 3, "", Plans.open(200, 30)));
            assertThat(result.neverAnswered()).isTrue();
            assertThat(result.figures().errors()).containsOnlyKeys(ErrorKind.RESET_BEFORE_ANSWER);
            assertThat(result.figures().errorCount()).isEqualTo(30);
            assertThat(result.figures().errorShare()).isEqualTo(1);
        }
    }

    @Test
    void a_target_that_refuses_is_told_by_the_check_before_the_run() {
        LoadPlan plan = Plans.plan(
                "http://127.0.0.1:1/", LoadPlan.HttpKind.HTTP1, new ConnectionPolicy.Pinned(), 1, "", Plans.open(1, 1));
        try (LoadRun run = new LoadRun(plan, Duration.ofMillis(10), new LoadListener() {}, Optional.empty())) {
            assertThat(run.check())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Reachability.Fails.class,
                            fails -> assertThat(fails.text())
                                    .isEqualTo("http://127.0.0.1:1/ refuses connections: nothing listens there"));
        }
    }

    @ParameterizedTest
    @EnumSource(LoadPlan.HttpKind.class)
    void the_closed_model_asks_as_often_as_it_is_to(LoadPlan.HttpKind http) {
        serving(new HttpServerOptions(), "http", url -> {
            LoadPlan.Model closed = new LoadPlan.Closed(Duration.ZERO, Duration.ofMinutes(1), 500);
            Figures f = Plans.run(Plans.plan(url, http, new ConnectionPolicy.Pinned(), 4, "", closed))
                    .figures();
            assertThat(f.answered()).isEqualTo(500);
            assertThat(f.pods()).extracting(PodFigures::pod).containsExactly(version(http));
        });
    }

    @ParameterizedTest
    @EnumSource(LoadPlan.HttpKind.class)
    void tls_carries_every_version(LoadPlan.HttpKind http) throws IOException, InterruptedException {
        HttpServerOptions options = new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(
                        new PfxOptions().setPath(keyStore().toString()).setPassword("secret"));
        serving(options, "https", url -> {
            Figures f = Plans.run(
                            Plans.plan(url, http, new ConnectionPolicy.PerConnection(5), 3, "", Plans.open(200, 60)))
                    .figures();
            assertThat(f.errors()).isEmpty();
            assertThat(f.answered()).isEqualTo(60);
            assertThat(f.pods()).extracting(PodFigures::pod).containsExactly(version(http));
        });
    }

    /** A certificate that nobody signed, made by the JDK's own tool. */
    private Path keyStore() throws IOException, InterruptedException {
        Path store = folder.resolve("keys.p12");
        if (!Files.exists(store)) {
            Process keytool = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "keytool")
                                    .toString(),
                            "-genkeypair",
                            "-alias",
                            "web",
                            "-keyalg",
                            "EC",
                            "-dname",
                            "CN=web",
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            "secret",
                            "-keystore",
                            store.toString())
                    .inheritIO()
                    .start();
            assertThat(keytool.waitFor()).isZero();
        }
        return store;
    }

    private static LoadPlan plan(
            FakeService service, String policy, int clients, String sources, LoadPlan.Model model) {
        return Plans.plan(service.url(), LoadPlan.HttpKind.HTTP1, ConnectionPolicy.of(policy), clients, sources, model);
    }

    /** The server names itself for the version that it was asked in. */
    private static String version(LoadPlan.HttpKind http) {
        return http == LoadPlan.HttpKind.HTTP2 ? "HTTP_2" : "HTTP_1_1";
    }

    private static void serving(HttpServerOptions options, String scheme, Consumer<String> then) {
        Vertx vertx = Vertx.vertx();
        try {
            int port = vertx.createHttpServer(options.setHost("127.0.0.1").setPort(0))
                    .requestHandler(request -> request.response().end("{\"pod\":\"" + request.version() + "\"}"))
                    .listen()
                    .await()
                    .actualPort();
            then.accept(scheme + "://127.0.0.1:" + port + "/");
        } finally {
            vertx.close().await();
        }
    }

    @Test
    void a_load_of_so_many_requests_has_the_rate_that_was_asked_for() {
        try (FakeService service = FakeService.evenly(1)) {
            Figures f = Plans.run(plan(service, "pinned", 8, "", Plans.open(400, 500)))
                    .figures();
            assertThat(f.due()).isEqualTo(500);
            assertThat(f.dueRate()).isEqualTo(400);
            assertThat(f.rate()).isGreaterThan(300).isLessThanOrEqualTo(400);
        }
    }

    /** An event loop that comes to nothing at the end of the time; what was due in it is sent all the same. */
    @Test
    void what_a_starved_generator_sends_late_was_due_and_is_not_dropped() {
        AtomicInteger read = new AtomicInteger();
        IdentityRule starving = (body, header) -> {
            if (read.incrementAndGet() == 5) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(2));
            }
            return Optional.empty();
        };
        LoadPlan.Model half = new LoadPlan.Open(
                new Schedule(Rate.constant(100), Arrivals.REGULAR, Duration.ZERO, Duration.ofMillis(500), 1_000, 1));
        try (FakeService service = FakeService.evenly(1)) {
            LoadPlan p = plan(service, "per-request", 4, "", half);
            Figures f = Plans.run(Plans.identifiedBy(p, starving)).figures();
            assertThat(f.due()).isEqualTo(50);
            assertThat(f.dueRate()).isEqualTo(100);
            assertThat(f.answered()).isEqualTo(50);
        }
    }

    /** As of a name with several records, of which the first ones lead nowhere. */
    private static LoadPlan named(FakeService service, String... addresses) {
        LoadPlan p = plan(service, "pinned", 2, "", Plans.open(200, 20));
        Target target = new Target("http://name/", false, "name", List.of(addresses), service.port(), "name", "/");
        return Plans.asking(p, List.of(Request.of(target, "GET", List.of(), Buffer.buffer())));
    }

    @Test
    void every_address_of_a_name_is_tried_and_the_one_that_answers_is_loaded() {
        try (FakeService service = FakeService.evenly(1);
                LoadRun run = new LoadRun(
                        named(service, "127.0.0.2", "127.0.0.3", "127.0.0.1"),
                        Duration.ofMillis(10),
                        new LoadListener() {},
                        Optional.empty())) {
            assertThat(run.check()).hasOnlyElementsOfType(Reachability.Answers.class);
            assertThat(run.chosenAddresses()).contains("name: 127.0.0.1");
            assertThat(run.run().figures().answered()).isEqualTo(20);
        }
    }

    @Test
    void a_name_of_which_no_address_answers_is_told_with_all_of_them() {
        try (FakeService service = FakeService.evenly(1);
                LoadRun run = new LoadRun(
                        named(service, "127.0.0.2", "127.0.0.3"),
                        Duration.ofMillis(10),
                        new LoadListener() {},
                        Optional.empty())) {
            assertThat(run.check())
                    .singleElement()
                    .isInstanceOfSatisfying(
                            Reachability.Fails.class,
                            fails -> assertThat(fails.text())
                                    .isEqualTo("http://name/ cannot be had at any address of its name:"
                                            + " 127.0.0.2 (refused), 127.0.0.3 (refused)"));
        }
    }

    /** A JVM's first connection takes longer than that on a busy machine. */
    @Test
    void a_target_is_not_blamed_for_the_start_of_this_process() {
        try (FakeService service = new FakeService(0, source -> "a", () -> TimeUnit.MILLISECONDS.toNanos(300))) {
            LoadPlan p = plan(service, "pinned", 1, "", Plans.open(2, 1));
            LoadPlan impatient = Plans.within(p, Duration.ofMillis(50));
            try (LoadRun run = new LoadRun(impatient, Duration.ofMillis(10), new LoadListener() {}, Optional.empty())) {
                assertThat(run.check()).hasOnlyElementsOfType(Reachability.Answers.class);
            }
        }
    }
}

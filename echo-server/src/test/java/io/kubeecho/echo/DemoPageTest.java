package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.page.Target;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The demo page without a browser: what it gives whom, and when it connects. */
class DemoPageTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private final HttpClient http = HttpClient.newHttpClient();
    private EchoServer pod;
    private EchoServer otherPod;
    private FrontEnd service;
    private EchoServer page;

    @BeforeEach
    void start() throws Exception {
        pod = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1"));
        otherPod = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-2"));
        service = FrontEnd.open(vertx.vertx(), pod.port());
        page = vertx.start(EchoConfig.embedded("127.0.0.1", "client-1")
                .withManagementPort(0)
                .withPageTargets(Target.list("sticky=" + service.address())));
    }

    @Test
    void withoutTargetsThereIsNoPage() throws Exception {
        EchoServer plain =
                vertx.start(EchoConfig.embedded("127.0.0.1", "client-2").withManagementPort(0));

        assertThat(get(plain, "/demo").statusCode()).isEqualTo(404);
        assertThat(get(plain, "/demo/events").statusCode()).isEqualTo(404);
    }

    @Test
    void onTheEchoPortItIsAnEchoAsEverythingElse() throws Exception {
        HttpResponse<String> echo = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + page.port() + "/demo"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());

        assertThat(echo.body()).contains("  Path=/demo  From=client-1  ");
    }

    @ParameterizedTest
    @CsvSource({
        "/demo,text/html; charset=utf-8",
        "/demo/demo.css,text/css; charset=utf-8",
        "/demo/demo.js,text/javascript; charset=utf-8",
        "/demo/icon.svg,image/svg+xml"
    })
    void itsPartsMayLoadNothingFromElsewhere(String path, String type) throws Exception {
        HttpResponse<String> part = get(page, path);

        assertThat(part.statusCode()).isEqualTo(200);
        assertThat(part.headers().allValues("Content-Type")).containsExactly(type);
        assertThat(header(part, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(header(part, "Content-Security-Policy"))
                .startsWith("default-src 'none'; script-src 'self';")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe");
        // the namespace of an icon is no address that is fetched
        assertThat(part.body().replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:", "//cdn");
        assertThat(post(page, path, "{}").statusCode()).isEqualTo(405);
    }

    @Test
    void connectsOnlyWhileSomebodyWatches() throws Exception {
        Thread.sleep(1500);
        assertThat(service.connections()).as("before anybody watches").isZero();

        try (Watching viewer = watch()) {
            viewer.event("show");
            obeyed("{\"do\":\"interval\",\"millis\":200}");
            await("connections", () -> service.connections() >= 3);
        }
        await("an end of connections", settled());
        int after = service.connections();
        Thread.sleep(1500);
        assertThat(service.connections()).as("after everybody has left").isEqualTo(after);
    }

    @Test
    void tellsWhichPodAnsweredWhatItSawAndHowLongItsRunIs() throws Exception {
        try (Watching viewer = watch()) {
            JsonObject show = viewer.event("show");
            assertThat(show.getString("client")).isEqualTo("client-1");
            assertThat(show.getJsonArray("targets").getJsonObject(0).getString("label"))
                    .isEqualTo("sticky");
            obeyed("{\"do\":\"interval\",\"millis\":200}");

            JsonObject third = viewer.visit(visit -> visit.getLong("run") == 3);
            assertThat(third.getJsonObject("visit").getString("pod")).isEqualTo("pod-1");
            assertThat(third.getJsonObject("visit").getString("seen")).isEqualTo("127.0.0.1");
            assertThat(third.getJsonObject("visit").getBoolean("kept")).isTrue();
            assertThat(third.getJsonObject("visit").getLong("gap")).isGreaterThanOrEqualTo(200);

            service.route(otherPod.port(), true);
            JsonObject moved = viewer.visit(visit -> visit.getLong("run") == 1);
            assertThat(moved.getJsonObject("visit").getString("pod")).isEqualTo("pod-2");
            assertThat(moved.getJsonObject("visit").getString("seen")).isEqualTo(FrontEnd.NODE);
            assertThat(moved.getJsonObject("visit").getString("own")).isEqualTo("127.0.0.1");
            assertThat(moved.getJsonObject("visit").getBoolean("kept")).isFalse();
            assertThat(moved.getJsonArray("pods")).hasSize(2);
        }
    }

    @Test
    void whoComesLaterIsShownWhatWasSeen() throws Exception {
        try (Watching first = watch()) {
            first.event("show");
            JsonObject seen = first.event("visit");
            obeyed("{\"do\":\"pause\"}");
            first.event("controls");
            try (Watching second = watch()) {
                JsonObject target = second.event("show").getJsonArray("targets").getJsonObject(0);
                assertThat(target.getJsonArray("recent").getJsonObject(0)).isEqualTo(seen.getJsonObject("visit"));
                assertThat(target.getLong("sinceLast")).isNotNegative();
            }
        }
    }

    @Test
    void aPauseIsObeyedAndOneConnectionIsOne() throws Exception {
        try (Watching viewer = watch()) {
            viewer.event("visit");
            obeyed("{\"do\":\"pause\"}");
            viewer.event("controls");
            await("an end of connections", settled());
            int before = service.connections();

            obeyed("{\"do\":\"once\"}");
            viewer.event("visit");
            await("an end of connections", settled());
            assertThat(service.connections()).isEqualTo(before + 1);
        }
    }

    /** The Service is somebody's, and has not asked for it. */
    @Test
    void manyCommandsDoNotMakeManyConnections() throws Exception {
        try (Watching viewer = watch()) {
            viewer.event("visit");
            obeyed("{\"do\":\"pause\"}");
            await("an end of connections", settled());
            int before = service.connections();
            long began = System.nanoTime();
            for (int i = 0; i < 50; i++) {
                obeyed("{\"do\":\"once\"}");
                obeyed("{\"do\":\"start over\"}");
            }
            await("an end of connections", settled());
            long atMost =
                    1 + (System.nanoTime() - began) / Duration.ofMillis(200).toNanos();
            assertThat(service.connections() - before).isBetween(1, (int) atMost);
        }
    }

    @Test
    void nothingOfAnAnswerThatIsNoEchoIsPassedOn() throws Exception {
        FrontEnd toManagement =
                FrontEnd.open(vertx.vertx(), page.managementPort().orElseThrow());
        EchoServer curious = vertx.start(EchoConfig.embedded("127.0.0.1", "client-2")
                .withManagementPort(0)
                .withPageTargets(Target.list("other=" + toManagement.address())));
        try (Watching viewer = new Watching(curious)) {
            JsonObject visit = viewer.event("visit").getJsonObject("visit");
            assertThat(visit.getString("failure")).isEqualTo("no echo pod: HTTP 404");
            assertThat(visit.fieldNames()).containsExactlyInAnyOrder("failure", "took");
        }
    }

    @Test
    void aServiceThatRefusesIsAnObservation() throws Exception {
        service.close();
        try (Watching viewer = watch()) {
            JsonObject visit = viewer.event("visit");
            assertThat(visit.getJsonObject("visit").getString("failure")).isEqualTo("refused");
            assertThat(visit.getLong("unanswered")).isEqualTo(1);
        }
    }

    @Test
    void hasRoomForEightViewersAndForAnotherWhenOneLeaves() throws Exception {
        List<Watching> viewers = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                viewers.add(watch());
                viewers.get(i).event("show");
            }
            HttpResponse<String> ninth = get(page, "/demo/events");
            assertThat(ninth.statusCode()).isEqualTo(503);
            assertThat(header(ninth, "Retry-After")).isEqualTo("5");

            viewers.remove(0).close();
            await("room", () -> {
                try (Watching another = watch()) {
                    return another.status() == 200;
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        } finally {
            for (Watching viewer : viewers) {
                viewer.close();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{}",
                "{\"do\":\"rm\"}",
                "{\"do\":7}",
                "{\"do\":\"interval\"}",
                "{\"do\":\"interval\",\"millis\":199}",
                "{\"do\":\"interval\",\"millis\":60001}",
                "{\"do\":\"interval\",\"millis\":\"many\"}",
                "{\"do\":\"pause\",\"target\":1}",
                "{\"do\":\"pause\",\"target\":-1}",
                "{\"do\":\"pause\",\"target\":\"http://127.0.0.1/\"}"
            })
    void refusesWhatIsNoCommand(String body) throws Exception {
        HttpResponse<String> refusal = post(page, "/demo/controls", body);

        assertThat(refusal.statusCode()).isEqualTo(400);
        assertThat(refusal.body()).startsWith("400 ").hasLineCount(1);
    }

    @Test
    void commandsAreForThePageItselfOnly() throws Exception {
        assertThat(get(page, "/demo/controls").statusCode()).isEqualTo(405);
        // what a form on another site can send
        assertThat(send(page, "/demo/controls", "{\"do\":\"pause\"}", "text/plain", "none")
                        .statusCode())
                .isEqualTo(415);
        assertThat(send(page, "/demo/controls", "{\"do\":\"pause\"}", "application/json", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send(page, "/demo/controls", "{\"do\":\"pause\"}", "application/json", "same-origin")
                        .statusCode())
                .isEqualTo(204);
        assertThat(post(page, "/demo/controls", " ".repeat(2000)).statusCode()).isEqualTo(413);
        HttpResponse<String> events = http.send(
                request(page, "/demo/events")
                        .header("Sec-Fetch-Site", "cross-site")
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(events.statusCode()).isEqualTo(403);
    }

    private Watching watch() throws IOException, InterruptedException {
        return new Watching(page);
    }

    private void obeyed(String command) throws IOException, InterruptedException {
        assertThat(post(page, "/demo/controls", command).statusCode()).isEqualTo(204);
    }

    private HttpRequest.Builder request(EchoServer server, String path) {
        return HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.managementPort().orElseThrow() + path))
                .timeout(PATIENCE)
                .version(HttpClient.Version.HTTP_1_1);
    }

    private HttpResponse<String> get(EchoServer server, String path) throws IOException, InterruptedException {
        return http.send(request(server, path).build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(EchoServer server, String path, String body)
            throws IOException, InterruptedException {
        return send(server, path, body, "application/json", "none");
    }

    private HttpResponse<String> send(EchoServer server, String path, String body, String type, String site)
            throws IOException, InterruptedException {
        return http.send(
                request(server, path)
                        .header("Content-Type", type)
                        .header("Sec-Fetch-Site", site)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    /** Whether nothing was connected for longer than the page would wait for an answer. */
    private BooleanSupplier settled() {
        int[] last = {-1};
        return () -> {
            int now = service.connections();
            boolean same = now == last[0];
            last[0] = now;
            sleep(Duration.ofMillis(800));
            return same && service.connections() == now;
        };
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not seen in " + PATIENCE + ": " + what);
            }
            sleep(Duration.ofMillis(20));
        }
    }

    private static void sleep(Duration duration) {
        try {
            Thread.sleep(duration.toMillis());
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private record Event(String name, JsonObject data) {}

    /** One who reads the page's events. */
    private final class Watching implements AutoCloseable {

        private final HttpResponse<InputStream> response;
        private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();

        Watching(EchoServer server) throws IOException, InterruptedException {
            response = http.send(request(server, "/demo/events").build(), HttpResponse.BodyHandlers.ofInputStream());
            Thread reader = new Thread(this::read, "events");
            reader.setDaemon(true);
            reader.start();
        }

        int status() {
            return response.statusCode();
        }

        /** The next event of that name; others before it are skipped. */
        JsonObject event(String name) throws InterruptedException {
            while (true) {
                Event event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                if (Objects.requireNonNull(event, () -> "no event " + name)
                        .name()
                        .equals(name)) {
                    return event.data();
                }
            }
        }

        JsonObject visit(Predicate<JsonObject> wanted) throws InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (System.nanoTime() - deadline < 0) {
                JsonObject visit = event("visit");
                if (wanted.test(visit)) {
                    return visit;
                }
            }
            throw new AssertionError("no such visit in " + PATIENCE);
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                String name = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event: ")) {
                        name = line.substring("event: ".length());
                    } else if (line.startsWith("data: ")) {
                        events.add(new Event(name, new JsonObject(line.substring("data: ".length()))));
                    }
                }
            } catch (IOException closed) {
                // by the test
            }
        }

        @Override
        public void close() throws IOException {
            response.body().close();
        }
    }
}

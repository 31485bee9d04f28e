package io.kubeecho.cluster;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * As much of an API server as makes, changes and removes objects, over HTTP on loopback, and fails as it is told: before it
 * has done what was asked, or after.
 */
public final class FakeCluster implements AutoCloseable {

    private static final Pattern OBJECT =
            Pattern.compile("/api/v1(/namespaces/[^/]+)?/(namespaces|pods|services|nodes|events)(?:/([^/]+))?");

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final Map<String, JsonObject> objects = new TreeMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();
    private Duration clockAhead = Duration.ZERO;
    private boolean keepsNamespaces;
    private int versions;

    /** When a request goes wrong: with the work left undone, or done and not told. */
    public enum When {
        BEFORE,
        AFTER
    }

    /** What the client gets instead of the answer; the connection's end where the status is 0. */
    private record Fault(HttpMethod method, Pattern path, When when, int status) {}

    public FakeCluster() {
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
                .requestHandler(request -> {
                    if ("true".equals(request.getParam("watch"))) {
                        // nothing happens here that nobody asked for
                        request.toWebSocket();
                    } else {
                        request.body().onSuccess(body -> answer(request, body.toString()));
                    }
                })
                .listen(0)
                .await();
    }

    /** The next such request goes wrong; one more with each call. */
    public synchronized FakeCluster fail(String method, String path, When when, int status) {
        faults.add(new Fault(HttpMethod.valueOf(method), Pattern.compile(path), when, status));
        return this;
    }

    /** Its clock is so far ahead of this machine's. */
    public FakeCluster clockAhead(Duration by) {
        clockAhead = by;
        return this;
    }

    /** Namespaces that are deleted stay, as those do that a finalizer holds. */
    public FakeCluster keepNamespaces() {
        keepsNamespaces = true;
        return this;
    }

    public synchronized FakeCluster put(String path, JsonObject object) {
        objects.put(path, object);
        return this;
    }

    /** A node that takes pods. */
    public FakeCluster node(String name, String os) {
        return put(
                "/api/v1/nodes/" + name,
                new JsonObject()
                        .put("apiVersion", "v1")
                        .put("kind", "Node")
                        .put("metadata", new JsonObject().put("name", name))
                        .put("spec", new JsonObject())
                        .put(
                                "status",
                                new JsonObject()
                                        .put("nodeInfo", new JsonObject().put("operatingSystem", os))
                                        .put(
                                                "addresses",
                                                new JsonArray()
                                                        .add(new JsonObject()
                                                                .put("type", "InternalIP")
                                                                .put("address", "127.0.0.1")))
                                        .put(
                                                "conditions",
                                                new JsonArray()
                                                        .add(new JsonObject()
                                                                .put("type", "Ready")
                                                                .put("status", "True")))));
    }

    /** The paths of all objects that are there. */
    public synchronized List<String> objects() {
        return List.copyOf(objects.keySet());
    }

    public synchronized Optional<JsonObject> object(String path) {
        return Optional.ofNullable(objects.get(path)).map(JsonObject::copy);
    }

    /** How many requests of a kind came, such as {@code POST /api/v1/namespaces}. */
    public synchronized long requests(String kind) {
        return requests.stream().filter(kind::equals).count();
    }

    public Path kubeconfig(Path folder) throws IOException {
        return Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: t}}]
                contexts: [{name: fake, context: {cluster: c, user: u}}]
                current-context: fake
                """.formatted(server.actualPort()));
    }

    public KubernetesClient client(Path folder) throws IOException {
        return ClusterAccess.open(Optional.of(kubeconfig(folder)), Optional.empty());
    }

    private synchronized void answer(HttpServerRequest request, String body) {
        request.response()
                .putHeader(
                        "Date",
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                Instant.now().plus(clockAhead).atOffset(ZoneOffset.UTC)));
        requests.add(request.method() + " " + request.path());
        Optional<Fault> fault = faults.stream()
                .filter(f -> f.method().equals(request.method())
                        && f.path().matcher(request.path()).matches())
                .findFirst();
        fault.ifPresent(faults::remove);
        if (fault.filter(f -> f.when() == When.BEFORE).isPresent()) {
            fail(request, fault.get().status());
            return;
        }
        Answer answer = carryOut(request, body);
        if (fault.isPresent()) {
            fail(request, fault.get().status());
        } else {
            request.response()
                    .setStatusCode(answer.status())
                    .putHeader("content-type", "application/json")
                    .end(answer.body().encode());
        }
    }

    private static void fail(HttpServerRequest request, int status) {
        if (status == 0) {
            request.connection().close();
        } else {
            Answer answer = status(status, "told to fail");
            request.response()
                    .setStatusCode(status)
                    .putHeader("content-type", "application/json")
                    .end(answer.body().encode());
        }
    }

    private record Answer(int status, JsonObject body) {}

    private Answer carryOut(HttpServerRequest request, String body) {
        if (request.path().equals("/version")) {
            return new Answer(
                    200, new JsonObject().put("major", "1").put("minor", "34").put("gitVersion", "v1.34.1"));
        }
        if (request.path().equals("/apis/discovery.k8s.io")) {
            return new Answer(200, new JsonObject("""
                            {"kind":"APIGroup","apiVersion":"v1","name":"discovery.k8s.io",
                             "versions":[{"groupVersion":"discovery.k8s.io/v1","version":"v1"}]}"""));
        }
        if (request.path().endsWith("/endpointslices")) {
            return new Answer(200, list(new JsonArray()));
        }
        Matcher m = OBJECT.matcher(request.path());
        if (!m.matches()) {
            return status(404, request.path() + " not found");
        }
        return m.group(3) == null ? onAll(request, body) : onOne(request, body);
    }

    private Answer onAll(HttpServerRequest request, String body) {
        if (request.method().equals(HttpMethod.POST)) {
            JsonObject object = new JsonObject(body);
            String path =
                    request.path() + "/" + object.getJsonObject("metadata").getString("name");
            if (objects.containsKey(path)) {
                return status(409, path + " already exists");
            }
            object.getJsonObject("metadata").put("uid", "uid-" + path).put("resourceVersion", "" + ++versions);
            objects.put(path, object);
            return new Answer(201, object);
        }
        List<String> selected = objects.entrySet().stream()
                .filter(each -> each.getKey().matches(Pattern.quote(request.path()) + "/[^/]+"))
                .filter(each -> isSelected(request, each.getValue()))
                .map(Map.Entry::getKey)
                .toList();
        if (request.method().equals(HttpMethod.DELETE)) {
            selected.forEach(objects::remove);
            return status(200, "deleted");
        }
        JsonArray items = new JsonArray();
        selected.forEach(path -> items.add(objects.get(path)));
        return new Answer(200, list(items));
    }

    private Answer onOne(HttpServerRequest request, String body) {
        JsonObject object = objects.get(request.path());
        if (object == null) {
            return status(404, request.path() + " not found");
        }
        if (request.method().equals(HttpMethod.DELETE)) {
            if (!(keepsNamespaces && request.path().matches("/api/v1/namespaces/[^/]+"))) {
                objects.keySet().removeIf(path -> path.equals(request.path()) || path.startsWith(request.path() + "/"));
            }
            return status(200, "deleted");
        }
        if (request.method().equals(HttpMethod.PATCH)) {
            object.mergeIn(new JsonObject(body), true);
        }
        return new Answer(200, object);
    }

    private static boolean isSelected(HttpServerRequest request, JsonObject object) {
        JsonObject metadata = object.getJsonObject("metadata");
        JsonObject labels = metadata.getJsonObject("labels", new JsonObject());
        String fields = request.getParam("fieldSelector");
        String wanted = request.getParam("labelSelector");
        boolean named = fields == null || fields.equals("metadata.name=" + metadata.getString("name"));
        return named
                && (wanted == null
                        || List.of(wanted.split(",")).stream().allMatch(each -> {
                            String[] pair = each.split("=", 2);
                            return labels.containsKey(pair[0])
                                    && (pair.length == 1 || pair[1].equals(labels.getString(pair[0])));
                        }));
    }

    private JsonObject list(JsonArray items) {
        return new JsonObject()
                .put("apiVersion", "v1")
                .put("kind", "List")
                .put("metadata", new JsonObject().put("resourceVersion", "" + ++versions))
                .put("items", items);
    }

    private static Answer status(int code, String message) {
        return new Answer(
                code,
                new JsonObject()
                        .put("apiVersion", "v1")
                        .put("kind", "Status")
                        .put("status", code < 300 ? "Success" : "Failure")
                        .put("message", message)
                        .put("code", code));
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}

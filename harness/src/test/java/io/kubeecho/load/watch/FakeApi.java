package io.kubeecho.load.watch;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * As much of an API server as the watch of a Service asks for: one Service {@code default/echo} with one EndpointSlice,
 * over HTTP on loopback.
 */
public final class FakeApi implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;
    private final Map<String, String> pods = new TreeMap<>();
    private final List<ServerWebSocket> watches = new ArrayList<>();
    private JsonObject spec = new JsonObject();
    private int resourceVersion = 1;
    private boolean forbids;
    private boolean refuses;
    private boolean mute;

    public FakeApi() {
        server = vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1"))
                .requestHandler(this::answer)
                .listen(0)
                .await();
    }

    /** A kubeconfig for it. */
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

    /** The Service has these fields. */
    public synchronized FakeApi service(JsonObject fields) {
        spec = fields;
        return this;
    }

    /** A pod has these conditions from now on. */
    public synchronized FakeApi pod(String name, String conditions) {
        pods.put(name, conditions);
        return tell();
    }

    /** There is no such pod any more. */
    public synchronized FakeApi gone(String name) {
        pods.remove(name);
        return tell();
    }

    /** EndpointSlices are not for everybody. */
    public synchronized FakeApi forbid() {
        forbids = true;
        return this;
    }

    /** Ends all watches, and answers nothing but errors. */
    public synchronized void fall() {
        refuses = true;
        watches.forEach(ServerWebSocket::close);
        watches.clear();
    }

    /** Answers again. */
    public synchronized void rise() {
        refuses = false;
    }

    /** Watches stay open, and nothing comes on them any more. */
    public synchronized void mute() {
        mute = true;
    }

    /** How many watch. */
    public synchronized int watching() {
        return watches.size();
    }

    private FakeApi tell() {
        resourceVersion++;
        if (!mute) {
            String event = new JsonObject()
                    .put("type", "MODIFIED")
                    .put("object", slice())
                    .encode();
            watches.forEach(w -> w.writeTextMessage(event));
        }
        return this;
    }

    private synchronized void answer(HttpServerRequest request) {
        String slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";
        if (refuses) {
            status(request, 503, "the API server is down");
        } else if (request.path().equals("/version")) {
            json(request, new JsonObject().put("major", "1").put("minor", "37"));
        } else if (request.path().equals("/api/v1/namespaces/default/services/echo")) {
            json(
                    request,
                    new JsonObject()
                            .put("apiVersion", "v1")
                            .put("kind", "Service")
                            .put("metadata", new JsonObject().put("name", "echo"))
                            .put("spec", spec));
        } else if (request.path().equals(slices) && forbids) {
            status(request, 403, "endpointslices is forbidden: no");
        } else if (request.path().equals(slices)
                && (request.getParam("labelSelector") == null
                        || "kubernetes.io/service-name=echo".equals(request.getParam("labelSelector")))) {
            if ("true".equals(request.getParam("watch"))) {
                request.toWebSocket().onSuccess(this::watch);
            } else {
                json(
                        request,
                        new JsonObject()
                                .put("apiVersion", "discovery.k8s.io/v1")
                                .put("kind", "EndpointSliceList")
                                .put("metadata", new JsonObject().put("resourceVersion", "" + resourceVersion))
                                .put("items", new JsonArray().add(slice())));
            }
        } else {
            status(request, 404, request.path() + " not found");
        }
    }

    private synchronized void watch(ServerWebSocket socket) {
        watches.add(socket);
    }

    private JsonObject slice() {
        JsonArray endpoints = new JsonArray();
        pods.forEach((name, conditions) -> endpoints.add(new JsonObject()
                .put("addresses", new JsonArray().add("10.0.0." + Math.abs(name.hashCode() % 250)))
                .put("conditions", new JsonObject(conditions))
                .put(
                        "targetRef",
                        new JsonObject().put("kind", "Pod").put("name", name).put("uid", "uid-" + name))
                .put("nodeName", "node-1")));
        return new JsonObject()
                .put("apiVersion", "discovery.k8s.io/v1")
                .put("kind", "EndpointSlice")
                .put(
                        "metadata",
                        new JsonObject()
                                .put("name", "echo-abc")
                                .put("namespace", "default")
                                .put("resourceVersion", "" + resourceVersion)
                                .put("labels", new JsonObject().put("kubernetes.io/service-name", "echo")))
                .put("addressType", "IPv4")
                .put("endpoints", endpoints);
    }

    private static void json(HttpServerRequest request, JsonObject body) {
        request.response().putHeader("content-type", "application/json").end(body.encode());
    }

    private static void status(HttpServerRequest request, int code, String message) {
        request.response()
                .setStatusCode(code)
                .putHeader("content-type", "application/json")
                .end(new JsonObject()
                        .put("apiVersion", "v1")
                        .put("kind", "Status")
                        .put("status", "Failure")
                        .put("message", message)
                        .put("code", code)
                        .encode());
    }

    @Override
    public void close() {
        vertx.close().await();
    }
}

package io.kubeecho.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.FakeCluster;
import io.kubeecho.cluster.FakeCluster.When;
import io.kubeecho.dial.DialPlan;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.VantagePoint;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a run makes in a cluster goes, and what a live run has made stays, however the API fails. */
@Timeout(60)
class RemovalFromClusterTest {

    private static final String NAMESPACE = "/api/v1/namespaces/kube-echo-x";
    private static final String POD = NAMESPACE + "/pods/echo-1-1";

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    private final FakeCluster cluster = new FakeCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aNamespaceGoesAlsoWhenItsPodsCannotBeDeleted() throws Exception {
        leftBehind(Instant.now());
        cluster.fail("DELETE", NAMESPACE + "/pods.*", When.BEFORE, 403);
        try (KubernetesClient client = cluster.client(folder)) {
            assertThatThrownBy(() -> Leftovers.removeNamespace(client, "kube-echo-x"))
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("deleting the pods of kube-echo-x failed: forbidden");
        }
        assertThat(cluster.objects()).isEmpty();
    }

    @Test
    void aNamespaceThatStaysIsOneLineThatSaysWhereToLook() throws Exception {
        leftBehind(Instant.now());
        cluster.keepNamespaces();
        try (KubernetesClient client = cluster.client(folder)) {
            assertThatThrownBy(() -> Leftovers.removeNamespace(
                            client, "kube-echo-x", Duration.ofMillis(1_100), Duration.ofMillis(1_100)))
                    .isInstanceOf(LabException.class)
                    .hasMessage("the namespace kube-echo-x was not gone within 1 s; "
                            + "'kubectl get namespace kube-echo-x -o yaml' says what holds it");
        }
    }

    @Test
    void podsThatStayAreOneLineAndTheNamespaceIsDeletedAllTheSame() throws Exception {
        leftBehind(Instant.now());
        // the deletion is accepted and does nothing, as that of a pod whose node is gone
        cluster.fail("DELETE", NAMESPACE + "/pods.*", When.BEFORE, 200);
        try (KubernetesClient client = cluster.client(folder)) {
            assertThatThrownBy(() -> Leftovers.removeNamespace(
                            client, "kube-echo-x", Duration.ofMillis(1_100), Duration.ofSeconds(10)))
                    .isInstanceOf(LabException.class)
                    .hasMessage("the pods of kube-echo-x were not gone within 1 s");
        }
        assertThat(cluster.objects()).isEmpty();
    }

    /** The laptop that looks may be hours off, either way; the cluster's clock is the same for both. */
    @ParameterizedTest
    @CsvSource({
        "-7200, 5, true",
        "0, 5, true",
        "7200, 5, true",
        "-7200, 200, false",
        "0, 200, false",
        "7200, 200, false"
    })
    void aRunIsAliveByTheClustersClock(long aheadSeconds, long stampedSecondsAgo, boolean alive) throws Exception {
        cluster.clockAhead(Duration.ofSeconds(aheadSeconds));
        leftBehind(Instant.now().plusSeconds(aheadSeconds - stampedSecondsAgo).truncatedTo(ChronoUnit.SECONDS));
        try (Leftovers leftovers = new Leftovers(Optional.of(cluster.kubeconfig(folder)), Optional.empty())) {
            assertThat(leftovers.find()).containsExactly(new Leftovers.Found("kube-echo-x", "x", alive));
        }
    }

    @Test
    void aHeartbeatGoesOnWhateverABeatThrows() throws Exception {
        CountDownLatch beats = new CountDownLatch(4);
        Runnable stamp = () -> {
            beats.countDown();
            switch ((int) beats.getCount()) {
                case 3 -> throw new IllegalStateException("the client is closed");
                case 2 -> throw new LabException("no time");
                case 1 -> throw new StackOverflowError();
                default -> {}
            }
        };
        try (Heartbeat heartbeat = new Heartbeat(stamp, Duration.ofMillis(1))) {
            assertThat(beats.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** The plan's connections are made the moment that it arrives: a second time would be other connections. */
    @ParameterizedTest
    @ValueSource(ints = {0, 429, 500, 503})
    void aDialPlanIsNeverSentAgain(int status) throws Exception {
        String dial = NAMESPACE + "/pods/client-1:9180/proxy/dial";
        cluster.fail("POST", dial, When.AFTER, status);
        try (KubernetesClient client = cluster.client(folder)) {
            PodClient pod = new PodClient(
                    client,
                    "kube-echo-x",
                    "client-1",
                    9180,
                    "0123456789abcdef",
                    "10.0.0.1",
                    VantagePoint.POD,
                    Optional.empty());
            DialPlan plan = new DialPlan(
                    List.of(new DialPlan.Sequence("e", "10.0.0.2", 80, List.of(Duration.ZERO))),
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(1));
            assertThatThrownBy(() -> pod.dial(plan).join()).hasCauseInstanceOf(LabException.class);
        }
        assertThat(cluster.requests("POST " + dial)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"POST, /api/v1/namespaces, AFTER, 0", "POST, /api/v1/namespaces/[^/]+/pods, BEFORE, 403"})
    void aLabThatCannotBeHadLeavesNothing(String method, String path, When when, int status) throws Exception {
        cluster.node("n1", "linux");
        cluster.fail(method, path, when, status);
        if (status == 0) {
            // nor can it be looked for
            for (int i = 0; i < 3; i++) {
                cluster.fail("GET", "/api/v1/namespaces/kube-echo-[^/]+", When.BEFORE, 500);
            }
        }
        KubernetesOptions options = new KubernetesOptions(
                Optional.of(cluster.kubeconfig(folder)),
                Optional.empty(),
                "image",
                "Never",
                KubernetesOptions.timing(Duration.ofSeconds(5)),
                Optional.empty(),
                Duration.ofSeconds(5));
        assertThatThrownBy(() -> new KubernetesLab(options)).isInstanceOf(LabException.class);
        assertThat(cluster.objects()).containsExactly("/api/v1/nodes/n1");
    }

    @Test
    void onlyNodesThatCanRunTheImageAreUsed() throws Exception {
        cluster.node("n1", "windows").node("n2", "linux");
        try (KubernetesClient client = cluster.client(folder)) {
            assertThat(UsableNodes.of(client))
                    .extracting(io.kubeecho.lab.Node::name)
                    .containsExactly("n2");
        }
    }

    private void leftBehind(Instant stamp) {
        JsonObject labels = new JsonObject().put(Run.MANAGED_BY, Run.KUBE_ECHO).put(Run.RUN, "x");
        cluster.put(
                NAMESPACE,
                new JsonObject()
                        .put("apiVersion", "v1")
                        .put("kind", "Namespace")
                        .put(
                                "metadata",
                                new JsonObject()
                                        .put("name", "kube-echo-x")
                                        .put("labels", labels)
                                        .put("annotations", new JsonObject().put(Run.ALIVE, stamp.toString()))));
        cluster.put(
                POD,
                new JsonObject()
                        .put("apiVersion", "v1")
                        .put("kind", "Pod")
                        .put(
                                "metadata",
                                new JsonObject()
                                        .put("name", "echo-1-1")
                                        .put("namespace", "kube-echo-x")
                                        .put("labels", labels)));
    }
}

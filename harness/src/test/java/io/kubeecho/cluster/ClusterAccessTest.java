package io.kubeecho.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.FakeCluster.When;
import io.kubeecho.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests whose answers are lost, or that fail for a moment. */
@Timeout(60)
class ClusterAccessTest {

    private static final String ALL = "/api/v1/namespaces";

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    private final FakeCluster cluster = new FakeCluster();
    private KubernetesClient client;

    @BeforeEach
    void open() throws Exception {
        client = cluster.client(folder);
    }

    @AfterEach
    void close() {
        client.close();
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource({"AFTER, 0", "AFTER, 500", "AFTER, 504", "AFTER, 429"})
    void whatWasMadeAndNotToldIsFoundAndNotMadeAgain(When when, int status) {
        cluster.fail("POST", ALL, when, status);
        assertThat(create().getMetadata().getUid()).isEqualTo("uid-" + ALL + "/ours");
        assertThat(cluster.requests("POST " + ALL)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 429, 500, 503})
    void whatWasNotMadeIsMadeOnceThatIsSeen(int status) {
        cluster.fail("POST", ALL, When.BEFORE, status);
        create();
        assertThat(cluster.objects()).containsExactly(ALL + "/ours");
        assertThat(cluster.requests("POST " + ALL)).isEqualTo(2);
        assertThat(cluster.requests("GET " + ALL + "/ours")).isEqualTo(1);
    }

    @Test
    void whatIsForbiddenIsAskedForOnce() {
        cluster.fail("POST", ALL, When.BEFORE, 403);
        assertThatThrownBy(this::create)
                .isInstanceOf(LabException.class)
                .hasMessageContaining("making it failed: forbidden")
                .matches(e -> ClusterAccess.isRefusal((LabException) e));
        assertThat(cluster.requests("POST " + ALL)).isEqualTo(1);
    }

    @Test
    void whatSomebodyElseMadeIsNotTakenForOurs() {
        client.namespaces().resource(namespace("theirs")).create();
        assertThatThrownBy(this::create).isInstanceOf(LabException.class).hasMessageContaining("already exists");
    }

    @Test
    void aClusterThatStaysAwayIsALineInTheEnd() {
        for (int i = 0; i < 3; i++) {
            cluster.fail("POST", ALL, When.BEFORE, 503);
        }
        assertThatThrownBy(this::create).isInstanceOf(LabException.class).hasMessageContaining("told to fail");
        assertThat(cluster.requests("POST " + ALL)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 429, 500})
    void aReadIsSentAgain(int status) {
        create();
        cluster.fail("GET", ALL, When.BEFORE, status);
        assertThat(ClusterAccess.ask("listing", () -> client.namespaces().list().getItems()))
                .hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 429, 500, 503})
    void theLibrarySendsNothingAgainByItself(int status) {
        cluster.fail("POST", ALL, When.AFTER, status);
        assertThatThrownBy(() -> client.namespaces().resource(namespace("ours")).create())
                .isInstanceOf(RuntimeException.class);
        assertThat(cluster.requests("POST " + ALL)).isEqualTo(1);
    }

    @Test
    void theTimeIsTheClustersAndNotThisMachines() {
        cluster.clockAhead(Duration.ofDays(3));
        assertThat(ServerClock.now(client))
                .isBetween(
                        Instant.now().plus(Duration.ofDays(3)).minusSeconds(30),
                        Instant.now().plus(Duration.ofDays(3)).plusSeconds(30));
    }

    private Namespace create() {
        return ClusterAccess.create(
                "making it",
                client.namespaces().resource(namespace("ours")),
                n -> "ours".equals(n.getMetadata().getLabels().get("owner")));
    }

    private static Namespace namespace(String owner) {
        return new NamespaceBuilder()
                .withNewMetadata()
                .withName("ours")
                .addToLabels("owner", owner)
                .endMetadata()
                .build();
    }
}

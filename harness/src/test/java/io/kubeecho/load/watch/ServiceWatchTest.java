package io.kubeecho.load.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.lab.LabException;
import io.kubeecho.load.rollout.EndpointChange.Kind;
import io.kubeecho.load.rollout.EndpointHistory;
import io.kubeecho.load.rollout.EndpointState;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceWatchTest {

    private static final String READY = "{\"ready\":true}";
    private static final String NOT_READY = "{\"ready\":false}";
    private static final String TERMINATING = "{\"ready\":false,\"serving\":true,\"terminating\":true}";

    @TempDir
    private Path folder;

    @Test
    void every_change_is_heard_of() throws IOException {
        try (FakeApi api = new FakeApi().pod("echo-1", READY);
                ServiceWatch watch = watch(api)) {
            assertThat(watch.since(0).first()).hasSize(1).allSatisfy((endpoint, state) -> {
                assertThat(endpoint.pod()).isEqualTo("echo-1");
                assertThat(endpoint.node()).isEqualTo("node-1");
                assertThat(state).isEqualTo(EndpointState.READY);
            });
            until(() -> api.watching() == 1);
            api.pod("echo-2", NOT_READY)
                    .pod("echo-2", READY)
                    .pod("echo-1", TERMINATING)
                    .gone("echo-1");
            until(() -> watch.since(0).changes().size() == 4);
            assertThat(kinds(watch.since(0))).containsExactly(Kind.ADDED, Kind.READY, Kind.TERMINATING, Kind.REMOVED);
            assertThat(watch.since(0).breaks()).isEmpty();
        }
    }

    @Test
    void what_changes_while_the_watch_is_broken_is_found_afterwards_and_marked() throws IOException {
        try (FakeApi api = new FakeApi().pod("echo-1", READY);
                ServiceWatch watch = watch(api)) {
            until(() -> api.watching() == 1);
            api.fall();
            until(() -> !watch.since(0).breaks().isEmpty());
            api.gone("echo-1").pod("echo-2", READY).rise();
            until(() -> watch.since(0).changes().size() == 2);
            EndpointHistory history = watch.since(0);
            assertThat(history.changes()).allMatch(c -> c.uncertain());
            assertThat(history.breaks()).hasSize(1);
            assertThat(history.breaks().get(0).toNanos())
                    .isEqualTo(history.changes().get(0).atNanos());
            until(() -> api.watching() == 1);
            api.pod("echo-3", READY);
            until(() -> watch.since(0).changes().size() == 3);
            assertThat(watch.since(0).changes().get(2).uncertain()).isFalse();
        }
    }

    @Test
    void a_watch_that_has_gone_deaf_is_noticed() throws IOException {
        try (FakeApi api = new FakeApi().pod("echo-1", READY);
                ServiceWatch watch = watch(api)) {
            until(() -> api.watching() == 1);
            api.mute();
            api.gone("echo-1");
            until(() -> watch.since(0).changes().size() == 1);
            EndpointHistory history = watch.since(0);
            assertThat(history.changes().get(0).uncertain()).isTrue();
            assertThat(history.breaks()).hasSize(1);
        }
    }

    @Test
    void what_the_service_promises_is_known() throws IOException {
        try (FakeApi api = new FakeApi()) {
            try (ServiceWatch none = watch(api)) {
                assertThat(none.affinityTimeout()).isEmpty();
            }
            api.service(
                    new JsonObject(
                            "{\"sessionAffinity\":\"ClientIP\",\"sessionAffinityConfig\":{\"clientIP\":{\"timeoutSeconds\":60}}}"));
            try (ServiceWatch some = watch(api)) {
                assertThat(some.affinityTimeout()).hasValue(Duration.ofMinutes(1));
            }
        }
    }

    @Test
    void a_service_that_cannot_be_watched_is_told_in_one_line() throws IOException {
        try (FakeApi api = new FakeApi()) {
            assertThatThrownBy(() -> open(api, "default/no-such"))
                    .isInstanceOf(LabException.class)
                    .hasMessageStartingWith("there is no Service default/no-such in the cluster at http://127.0.0.1:");
            api.forbid();
            assertThatThrownBy(() -> open(api, "default/echo"))
                    .isInstanceOf(LabException.class)
                    .hasMessage("listing the endpoints of default/echo failed: forbidden; kube-echo needs the rights of"
                            + " k8s/rbac (endpointslices is forbidden: no)");
        }
    }

    @Test
    void a_service_is_written_with_or_without_its_namespace() {
        assertThat(ServiceName.of("echo")).isEqualTo(new ServiceName(Optional.empty(), "echo"));
        assertThat(ServiceName.of("a/echo-1")).isEqualTo(new ServiceName(Optional.of("a"), "echo-1"));
        for (String wrong : List.of("", "a/", "/echo", "a/b/c", "Echo", "-echo")) {
            assertThatThrownBy(() -> ServiceName.of(wrong)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    private ServiceWatch watch(FakeApi api) throws IOException {
        return open(api, "default/echo");
    }

    private ServiceWatch open(FakeApi api, String name) throws IOException {
        return ServiceWatch.open(
                Optional.of(api.kubeconfig(folder)), Optional.empty(), ServiceName.of(name), Duration.ofSeconds(30));
    }

    private static List<Kind> kinds(EndpointHistory history) {
        return history.changes().stream().map(c -> c.kind()).toList();
    }

    /** Far longer than it takes. */
    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).describedAs("never came").isLessThan(end);
            try {
                Thread.sleep(10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}

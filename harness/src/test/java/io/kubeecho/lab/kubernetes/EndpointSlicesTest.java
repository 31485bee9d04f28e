package io.kubeecho.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.lab.Service.EndpointState;
import io.kubeecho.load.watch.FakeApi;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What verdicts know of the endpoints, also when the API goes away or falls silent. */
@Timeout(90)
class EndpointSlicesTest {

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    private final FakeApi api = new FakeApi().pod("a", "{}").pod("b", "{\"ready\": false}");
    private EndpointSlices slices;

    @BeforeEach
    void watch() throws Exception {
        slices = new EndpointSlices(
                ClusterAccess.open(Optional.of(api.kubeconfig(folder)), Optional.empty()), "default");
    }

    @AfterEach
    void close() {
        slices.close();
        api.close();
    }

    @Test
    void whatIsReadyIsCountedAsItChanges() throws Exception {
        assertThat(slices.of("echo")).isEqualTo(new EndpointState(1, Set.of("a")));
        await(() -> api.watching() == 1);
        api.pod("b", "{}");
        await(() -> slices.of("echo").equals(new EndpointState(2, Set.of("a", "b"))));
        api.gone("a");
        await(() -> slices.of("echo").equals(new EndpointState(3, Set.of("b"))));
    }

    @Test
    void thatNothingCouldBeHeardIsAChangeToo() throws Exception {
        await(() -> api.watching() == 1);
        api.fall();
        await(() -> slices.of("echo").changes() > 1);
        api.rise();
        await(() -> api.watching() == 1);
        assertThat(slices.of("echo").ready()).containsExactly("a");
        assertThat(slices.history())
                .extracting(EndpointSlices.Change::what)
                .contains("cannot be watched", "are watched again");
    }

    @Test
    void aWatchThatFellSilentIsFoundOut() throws Exception {
        await(() -> api.watching() == 1);
        api.mute();
        api.pod("b", "{}");
        await(() -> slices.of("echo").ready().equals(Set.of("a", "b")));
        // once for what nobody heard, and once for what was found then
        assertThat(slices.of("echo").changes()).isGreaterThanOrEqualTo(3);
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        Instant deadline = Instant.now().plus(Duration.ofSeconds(40));
        while (!condition.getAsBoolean()) {
            assertThat(Instant.now()).isBefore(deadline);
            Thread.sleep(20);
        }
    }
}

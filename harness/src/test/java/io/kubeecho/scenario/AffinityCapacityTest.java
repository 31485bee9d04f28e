package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.FakeLab.Connection;
import io.kubeecho.lab.FakeLab.Reply;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** CAPACITY on a data plane whose lists are as long as a test says, on each node for each endpoint. */
class AffinityCapacityTest {

    private static final int CLIENTS = 1_000;

    private final FakeLab lab = new FakeLab();

    /** Remembers the latest so many clients of each endpoint of each node. */
    private final class Lists implements FakeLab.DataPlane {
        private final int capacity;
        private final Map<String, Deque<String>> latest = new HashMap<>();
        private final Random random = new Random(3);

        Lists(int capacity) {
            this.capacity = capacity;
        }

        @Override
        public Reply reply(Connection connection) {
            String client = connection.client().address();
            Endpoint endpoint = lab.endpoints().stream()
                    .filter(e -> list(connection.host(), e).contains(client))
                    .findFirst()
                    .orElseGet(() ->
                            lab.endpoints().get(random.nextInt(lab.endpoints().size())));
            Deque<String> list = list(connection.host(), endpoint);
            list.remove(client);
            list.addLast(client);
            if (list.size() > capacity) {
                list.removeFirst();
            }
            return lab.answer(endpoint, client);
        }

        private Deque<String> list(String node, Endpoint endpoint) {
            return latest.computeIfAbsent(node + " " + endpoint.name(), key -> new ArrayDeque<>());
        }
    }

    private ScenarioResult measured(int capacity, OptionalInt required) {
        lab.with(new Lists(capacity));
        return Runs.ofCapacity(lab, new AffinityCapacity(CLIENTS, required)).result("CAPACITY");
    }

    @Test
    void aListThatIsTooShortIsMeasuredOfEveryEndpointAndNode() {
        ScenarioResult result = measured(100, OptionalInt.empty());

        assertThat(result.verdict()).isEqualTo(Verdict.INFO);
        assertThat(result.seen())
                .matches("of 1000 clients through each of 3 nodes \\d+ came back to another pod: a node keeps the last"
                        + " \\d+ to \\d+ clients of an endpoint");
        assertThat(result.findings().estimates())
                .filteredOn(e -> e.unit().equals("clients"))
                .hasSize(3)
                .allSatisfy(e -> {
                    assertThat(e.lower()).isLessThanOrEqualTo(100);
                    // whoever was forgotten and is back on its pod by luck looks kept
                    assertThat(e.upper()).isBetween(100.0, 110.0);
                    assertThat(e.upper() - e.lower()).isLessThan(16);
                });
    }

    @Test
    void whereNobodyIsForgottenItSaysForHowManyThatIsSo() {
        ScenarioResult result = measured(CLIENTS, OptionalInt.empty());

        assertThat(result.verdict()).isEqualTo(Verdict.INFO);
        assertThat(result.seen())
                .matches(
                        "of 1000 clients through each of 3 nodes every client came back to its pod, 2\\d\\d and more of each pod");
    }

    @Test
    void fewerThanAreRequiredIsAFail() {
        ScenarioResult result = measured(100, OptionalInt.of(120));

        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.seen()).matches("node-\\d kept \\d+ clients of echo-\\d-\\d and not 120; .*");
    }

    @Test
    void asManyAsAreRequiredIsAPass() {
        assertThat(measured(100, OptionalInt.of(80)).verdict()).isEqualTo(Verdict.PASS);
    }

    @Test
    void moreThanCameCannotBeJudged() {
        ScenarioResult result = measured(CLIENTS, OptionalInt.of(400));

        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(result.seen()).startsWith("whether 400 clients of an endpoint are kept cannot be said: ");
    }

    @Test
    void aFewClientsSayNothing() {
        assertThatIllegalArgumentException().isThrownBy(() -> new AffinityCapacity(99, OptionalInt.empty()));
        assertThatIllegalArgumentException().isThrownBy(() -> new AffinityCapacity(100, OptionalInt.of(0)));
    }
}

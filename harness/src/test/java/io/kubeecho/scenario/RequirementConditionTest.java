package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.VantagePoint;
import org.junit.jupiter.api.Test;

class RequirementConditionTest {

    @Test
    void withoutClientsOffTheClusterTheirScenariosAreSkippedAndTheOthersRun() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab)).withoutClients(VantagePoint.OFF_CLUSTER);
        Runs runs = Runs.of(lab);
        assertThat(runs.verdicts())
                .containsExactly(
                        "AFF-CIP PASS",
                        "ETP-L+ SKIP",
                        "ETP-L- SKIP",
                        "EXPIRE PASS",
                        "HOLD PASS",
                        "NONE-CIP PASS",
                        "SRC-C SKIP",
                        "SRC-CIP PASS");
        assertThat(runs.skipReason("ETP-L+")).isEqualTo("needs a client at the vantage point: off-cluster");
    }

    @Test
    void withoutClientPodsTheirScenariosAreSkipped() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab)).withoutClients(VantagePoint.POD);
        assertThat(Runs.of(lab, "AFF-CIP").skipReason("AFF-CIP")).isEqualTo("needs a client at the vantage point: pod");
    }

    @Test
    void onTwoNodesThereIsNoNodeWithoutAnEndpoint() {
        FakeLab lab = new FakeLab(2, 2);
        lab.with(ReferencePlane.of(lab));
        Runs runs = Runs.of(lab, "ETP-L+", "ETP-L-");
        assertThat(runs.verdicts()).containsExactly("ETP-L+ PASS", "ETP-L- SKIP");
        assertThat(runs.skipReason("ETP-L-"))
                .isEqualTo("needs a node without an endpoint, the lab's 2 nodes all have one");
    }

    @Test
    void onOneNodeThereAreNoEndpointsOnTwo() {
        FakeLab lab = new FakeLab(1, 1);
        lab.with(ReferencePlane.of(lab));
        assertThat(Runs.of(lab, "ETP-L+").skipReason("ETP-L+")).isEqualTo("needs endpoints on at least two nodes");
    }

    @Test
    void withoutEndpointsThereIsNoChoice() {
        assertThat(Runs.of(new FakeLab(3, 0), "AFF-CIP").skipReason("AFF-CIP"))
                .isEqualTo("needs 2 endpoints, the lab has 0");
    }

    @Test
    void aSkippedScenarioMakesNothing() {
        FakeLab lab = new FakeLab(1, 1);
        Runs.of(lab, "ETP-L+");
        assertThat(lab.services()).isEmpty();
    }
}

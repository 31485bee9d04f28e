package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RequirementConditionTest {

    @Test
    void withoutClientsOffTheClusterTheirScenariosAreSkippedAndTheOthersRun() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab)).withoutClients(VantagePoint.OFF_CLUSTER);
        Runs runs = Runs.of(lab);
        Set<String> needOutside =
                Set.of("AFF-LB", "CAPACITY", "NONE-LB", "AFF-L", "ETP-FLIP", "ETP-L+", "ETP-L-", "SRC-C");
        assertThat(runs.verdicts())
                .containsExactlyInAnyOrder(Catalogue.all().stream()
                        .map(Catalogue.Item::id)
                        .map(id -> id + (needOutside.contains(id) ? " SKIP" : " PASS"))
                        .toArray(String[]::new));
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
    void aFewClientsOffTheClusterFillNoList() {
        FakeLab lab = new FakeLab().withMultitude(99);
        lab.with(ReferencePlane.of(lab));
        assertThat(Runs.of(lab, "CAPACITY").skipReason("CAPACITY"))
                .isEqualTo("needs 100 clients off the cluster, each with an address of its own, and here are 99;"
                        + " --lab k3s has them");
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

    @Test
    void withoutALoadBalancerItsScenariosAreSkippedAndOthersLeaveItOut() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab)).with(LoadBalancing.NONE);
        assertThat(Runs.of(lab, "AFF-LB", "NONE-LB", "HCNP", "ETP-C", "NOEP", "SRC-C")
                        .verdicts())
                .containsExactly("AFF-LB SKIP", "ETP-C PASS", "HCNP SKIP", "NOEP PASS", "NONE-LB SKIP", "SRC-C INFO");
        assertThat(lab.services()).noneMatch(s -> s.spec().type() == ServiceSpec.Type.LOAD_BALANCER);
    }

    @Test
    void whereTheClusterHasAControllerTheEntryNodeIsItsOwnAffair() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab)).with(LoadBalancing.CONTROLLER);
        assertThat(Runs.of(lab, "AFF-LB", "NONE-LB", "ETP-C").verdicts())
                .containsExactly("AFF-LB PASS", "ETP-C PASS", "NONE-LB PASS");
        assertThat(lab.services()).allMatch(s -> s.entry().equals(lab.nodes().get(0)));
    }

    @Test
    void underLocalThereMustBeAChoiceOnANode() {
        FakeLab lab = new FakeLab(1, 1);
        lab.with(ReferencePlane.of(lab));
        assertThat(Runs.of(lab, "AFF-L").skipReason("AFF-L"))
                .isEqualTo("needs a node with two endpoints or more, and another with some");
    }
}

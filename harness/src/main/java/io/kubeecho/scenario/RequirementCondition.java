package io.kubeecho.scenario;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.VantagePoint;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Disables a scenario on a lab that lacks what its {@link Requires} names. */
final class RequirementCondition implements ExecutionCondition {

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getElement(), Requires.class)
                .flatMap(
                        requires -> missing(requires, ConformanceRun.of(context).lab()))
                .map(ConditionEvaluationResult::disabled)
                .orElseGet(() -> ConditionEvaluationResult.enabled("the lab has all it needs"));
    }

    private static Optional<String> missing(Requires requires, Lab lab) {
        List<Long> perNode = lab.nodes().stream()
                .map(n ->
                        lab.endpoints().stream().filter(e -> e.node().equals(n)).count())
                .toList();
        if (lab.endpoints().size() < requires.endpoints()) {
            return Optional.of("needs %d endpoints, the lab has %d"
                    .formatted(requires.endpoints(), lab.endpoints().size()));
        }
        if (requires.endpointsOnTwoNodes()
                && perNode.stream().filter(count -> count > 0).count() < 2) {
            return Optional.of("needs endpoints on at least two nodes");
        }
        if (requires.nodeWithoutEndpoint() && !perNode.contains(0L)) {
            return Optional.of("needs a node without an endpoint, the lab's %d nodes all have one"
                    .formatted(lab.nodes().size()));
        }
        if (requires.twoEndpointsOnANode()
                && perNode.stream()
                        .noneMatch(count -> count > 1 && count < lab.endpoints().size())) {
            return Optional.of("needs a node with two endpoints or more, and another with some");
        }
        if (requires.loadBalancer() && lab.loadBalancing() == LoadBalancing.NONE) {
            return Optional.of("needs a load balancer, and here Services of type LoadBalancer stay pending");
        }
        return Arrays.stream(requires.clients())
                .filter(from -> lab.clients(from).isEmpty())
                .map(VantagePoint::toString)
                .findFirst()
                .map(from -> "needs a client at the vantage point: " + from)
                .or(() -> missingAddresses(requires, lab));
    }

    private static Optional<String> missingAddresses(Requires requires, Lab lab) {
        if (requires.addresses() == 0) {
            return Optional.empty();
        }
        int there = lab.multitude(requires.addresses()).size();
        return there < requires.addresses()
                ? Optional.of(
                        "needs %d clients off the cluster, each with an address of its own, and here are %d; --lab k3s has them"
                                .formatted(requires.addresses(), there))
                : Optional.empty();
    }
}

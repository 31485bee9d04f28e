package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.util.Optional;
import java.util.Set;

/** How far a pod has come since it was made. */
sealed interface PodStart {

    record Ready() implements PodStart {}

    /** It may still become ready; so far the reason says why it is not. */
    record Pending(String reason) implements PodStart {}

    /** It will not become ready by waiting. */
    record Hopeless(String reason) implements PodStart {}

    /** Waiting reasons that the kubelet gives where only a change of the specification, or of the node, helps. */
    Set<String> HOPELESS = Set.of(
            "ErrImageNeverPull",
            "ImagePullBackOff",
            "ErrImagePull",
            "InvalidImageName",
            "CreateContainerConfigError",
            "CreateContainerError",
            "CrashLoopBackOff");

    static PodStart of(Pod pod) {
        if (Readiness.isPodReady(pod)) {
            return new Ready();
        }
        Optional<ContainerStateWaiting> waiting = pod.getStatus().getContainerStatuses().stream()
                .map(ContainerStatus::getState)
                .filter(state -> state != null && state.getWaiting() != null)
                .map(state -> state.getWaiting())
                .findFirst();
        if (waiting.isPresent()) {
            String reason = String.valueOf(waiting.get().getReason());
            String message = waiting.get().getMessage() == null
                    ? ""
                    : ": " + waiting.get().getMessage();
            return HOPELESS.contains(reason) ? new Hopeless(reason + message) : new Pending(reason + message);
        }
        return new Pending(pod.getStatus().getConditions().stream()
                .filter(c -> "PodScheduled".equals(c.getType()) && "False".equals(c.getStatus()))
                .map(c -> c.getReason() + ": " + c.getMessage())
                .findFirst()
                .orElse("phase " + pod.getStatus().getPhase()));
    }
}

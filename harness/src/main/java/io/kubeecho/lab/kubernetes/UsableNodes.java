package io.kubeecho.lab.kubernetes;

import static java.util.Comparator.comparing;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeAddress;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.lab.LabException;
import java.util.List;

/** The nodes that a run uses: up to three that are Ready, run Linux, as the image does, and take ordinary pods. */
public final class UsableNodes {

    /** Two with endpoints and one without serve every scenario; more would only cost pods. */
    public static final int MOST = 3;

    private UsableNodes() {}

    /** @throws LabException if there is none */
    static List<io.kubeecho.lab.Node> of(KubernetesClient client) {
        List<Node> all = client.nodes().list().getItems();
        List<io.kubeecho.lab.Node> usable = all.stream()
                .filter(UsableNodes::isReady)
                .filter(UsableNodes::runsLinux)
                .filter(UsableNodes::takesPods)
                .sorted(comparing(n -> n.getMetadata().getName()))
                .limit(MOST)
                .map(n -> new io.kubeecho.lab.Node(n.getMetadata().getName(), internalAddress(n)))
                .toList();
        if (usable.isEmpty()) {
            throw new LabException(
                    "none of the cluster's %d nodes is Ready, runs Linux and takes ordinary pods; kube-echo needs at least one, and three for every scenario"
                            .formatted(all.size()));
        }
        return usable;
    }

    private static boolean isReady(Node node) {
        return node.getStatus().getConditions().stream()
                .anyMatch(c -> "Ready".equals(c.getType()) && "True".equals(c.getStatus()));
    }

    private static boolean runsLinux(Node node) {
        return node.getStatus().getNodeInfo() == null
                || "linux".equals(node.getStatus().getNodeInfo().getOperatingSystem());
    }

    /** No pod of a run tolerates a taint, also not that of a node which the cloud has not initialised yet. */
    private static boolean takesPods(Node node) {
        boolean cordoned = Boolean.TRUE.equals(node.getSpec().getUnschedulable());
        return !cordoned && node.getSpec().getTaints().stream().allMatch(t -> "PreferNoSchedule".equals(t.getEffect()));
    }

    private static String internalAddress(Node node) {
        return node.getStatus().getAddresses().stream()
                .filter(a -> "InternalIP".equals(a.getType()))
                .map(NodeAddress::getAddress)
                .findFirst()
                .orElseThrow(
                        () -> new LabException("the node " + node.getMetadata().getName() + " has no InternalIP"));
    }
}

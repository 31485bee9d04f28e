package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of an EndpointSlice. What is read here is the same in discovery v1 and v1beta1, but for the node.
 *
 * @param pod the name of its {@code targetRef}; empty where it is no object of the cluster
 * @param uid of its {@code targetRef}, by which a pod is told from an earlier one of the same name; empty if it has none
 * @param address the first of its addresses; empty if it has none
 * @param node where it is; empty if it does not say
 * @param ready a missing condition means ready, by the API's documentation
 * @param terminating a missing condition means that it is not, or that the cluster is older than 1.22 and does not say
 */
public record SliceEndpoint(String pod, String uid, String address, String node, boolean ready, boolean terminating) {

    /** v1beta1 has the node here: its {@code nodeName} is alpha in Kubernetes 1.20. */
    private static final String HOST_NAME = "kubernetes.io/hostname";

    /** The slice's endpoints, in its order. */
    public static List<SliceEndpoint> of(GenericKubernetesResource slice) {
        List<?> listed = slice.get("endpoints");
        List<SliceEndpoint> endpoints = new ArrayList<>();
        for (Object each : listed == null ? List.of() : listed) {
            Map<?, ?> fields = (Map<?, ?>) each;
            Map<?, ?> conditions = member(fields, "conditions");
            Map<?, ?> target = member(fields, "targetRef");
            List<?> addresses = fields.get("addresses") instanceof List<?> some ? some : List.of();
            String node = text(fields.get("nodeName"));
            endpoints.add(new SliceEndpoint(
                    text(target.get("name")),
                    text(target.get("uid")),
                    addresses.isEmpty() ? "" : text(addresses.get(0)),
                    node.isEmpty() ? text(member(fields, "topology").get(HOST_NAME)) : node,
                    !Boolean.FALSE.equals(conditions.get("ready")),
                    Boolean.TRUE.equals(conditions.get("terminating"))));
        }
        return endpoints;
    }

    private static Map<?, ?> member(Map<?, ?> fields, String name) {
        return fields.get(name) instanceof Map<?, ?> map ? map : Map.of();
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}

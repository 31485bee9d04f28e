package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint of an EndpointSlice of {@code discovery.k8s.io/v1}.
 *
 * @param pod the name of its {@code targetRef}; empty where it is no object of the cluster
 * @param uid of its {@code targetRef}, by which a pod is told from an earlier one of the same name; empty if it has none
 * @param address the first of its addresses; empty if it has none
 * @param node where it is; empty if it does not say
 * @param ready a missing condition means ready, by the API's documentation
 * @param terminating a missing condition means that it is not
 */
public record SliceEndpoint(String pod, String uid, String address, String node, boolean ready, boolean terminating) {

    /** The label of a slice with the name of its Service. */
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    /** The slice's endpoints, in its order. */
    public static List<SliceEndpoint> of(EndpointSlice slice) {
        // a Service without endpoints has a slice with null for them
        return orEmpty(slice.getEndpoints()).stream().map(SliceEndpoint::of).toList();
    }

    private static SliceEndpoint of(Endpoint endpoint) {
        var target = Optional.ofNullable(endpoint.getTargetRef());
        var conditions = Optional.ofNullable(endpoint.getConditions());
        return new SliceEndpoint(
                target.map(ref -> ref.getName()).orElse(""),
                target.map(ref -> ref.getUid()).orElse(""),
                orEmpty(endpoint.getAddresses()).stream().findFirst().orElse(""),
                Optional.ofNullable(endpoint.getNodeName()).orElse(""),
                conditions.map(c -> c.getReady()).orElse(true),
                conditions.map(c -> c.getTerminating()).orElse(false));
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }
}

package io.kubeecho.cluster;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kubeecho.lab.LabException;
import java.util.List;

/** A namespace's EndpointSlices in the version that the cluster serves: v1 from Kubernetes 1.21, v1beta1 before. */
public final class SliceApi {

    /** The label with the name of a slice's Service. */
    public static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private static final String GROUP = "discovery.k8s.io";

    private SliceApi() {}

    /** @throws LabException if the cluster does not answer, or serves none */
    public static NonNamespaceOperation<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            in(KubernetesClient client, String namespace) {
        String version = ClusterAccess.ask("looking for EndpointSlices", () -> servedVersion(client));
        return client.genericKubernetesResources(GROUP + "/" + version, "EndpointSlice")
                .inNamespace(namespace);
    }

    private static String servedVersion(KubernetesClient client) {
        APIGroup group = client.getApiGroup(GROUP);
        List<String> served = group == null
                ? List.of()
                : group.getVersions().stream()
                        .map(GroupVersionForDiscovery::getVersion)
                        .toList();
        return List.of("v1", "v1beta1").stream()
                .filter(served::contains)
                .findFirst()
                .orElseThrow(() -> new LabException(
                        "the cluster serves no EndpointSlices; kube-echo needs Kubernetes 1.17 or newer"));
    }
}

package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.APIGroup;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GroupVersionForDiscovery;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Service.EndpointState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Watches the EndpointSlices of the run's namespace, in the version that the cluster serves (v1 from Kubernetes 1.21,
 * v1beta1 before; the fields read here are the same), and counts how often each Service's ready pods change.
 */
final class EndpointSlices implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {

    private static final String GROUP = "discovery.k8s.io";
    private static final String SERVICE_LABEL = "kubernetes.io/service-name";

    private final Map<String, GenericKubernetesResource> slices = new HashMap<>();
    private final Map<String, EndpointState> states = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /** The ready pods of a Service from a moment on. */
    record Change(Instant at, String service, Set<String> ready) {}

    EndpointSlices(KubernetesClient client, String namespace) {
        String version = ClusterAccess.ask("looking for EndpointSlices", () -> servedVersion(client));
        this.informer = ClusterAccess.ask(
                "watching EndpointSlices",
                () -> client.genericKubernetesResources(GROUP + "/" + version, "EndpointSlice")
                        .inNamespace(namespace)
                        .inform(this));
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

    /** A Service's state as of the last event. */
    synchronized EndpointState of(String service) {
        return states.getOrDefault(service, new EndpointState(0, Set.of()));
    }

    synchronized List<Change> history() {
        return List.copyOf(history);
    }

    @Override
    public void onAdd(GenericKubernetesResource slice) {
        changed(slice, false);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource slice) {
        changed(slice, false);
    }

    @Override
    public void onDelete(GenericKubernetesResource slice, boolean finalStateUnknown) {
        changed(slice, true);
    }

    private synchronized void changed(GenericKubernetesResource slice, boolean gone) {
        Map<String, String> labels = slice.getMetadata().getLabels();
        String service = labels == null ? null : labels.get(SERVICE_LABEL);
        if (service == null) {
            return;
        }
        if (gone) {
            slices.remove(slice.getMetadata().getName());
        } else {
            slices.put(slice.getMetadata().getName(), slice);
        }
        Set<String> ready = new TreeSet<>();
        slices.values().stream()
                .filter(s -> service.equals(s.getMetadata().getLabels().get(SERVICE_LABEL)))
                .forEach(s -> ready.addAll(readyPods(s)));
        EndpointState before = of(service);
        if (!before.ready().equals(ready)) {
            states.put(service, new EndpointState(before.changes() + 1, ready));
            history.add(new Change(Instant.now(), service, Set.copyOf(ready)));
        }
    }

    private static Set<String> readyPods(GenericKubernetesResource slice) {
        Set<String> ready = new TreeSet<>();
        List<?> endpoints = slice.get("endpoints");
        for (Object endpoint : endpoints == null ? List.of() : endpoints) {
            Map<?, ?> fields = (Map<?, ?>) endpoint;
            Map<?, ?> conditions = (Map<?, ?>) fields.get("conditions");
            Map<?, ?> target = (Map<?, ?>) fields.get("targetRef");
            // a missing condition means ready, by the API's documentation
            boolean isReady = conditions == null || !Boolean.FALSE.equals(conditions.get("ready"));
            if (isReady && target != null) {
                ready.add(String.valueOf(target.get("name")));
            }
        }
        return ready;
    }

    @Override
    public void close() {
        informer.close();
    }
}

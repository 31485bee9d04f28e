package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.cluster.SliceApi;
import io.kubeecho.cluster.SliceEndpoint;
import io.kubeecho.lab.Service.EndpointState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Watches the EndpointSlices of the run's namespace, and counts how often each Service's ready pods change.
 */
final class EndpointSlices implements ResourceEventHandler<GenericKubernetesResource>, AutoCloseable {

    private final Map<String, GenericKubernetesResource> slices = new HashMap<>();
    private final Map<String, EndpointState> states = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /** The ready pods of a Service from a moment on. */
    record Change(Instant at, String service, Set<String> ready) {}

    EndpointSlices(KubernetesClient client, String namespace) {
        var resource = SliceApi.in(client, namespace);
        this.informer = ClusterAccess.ask("watching EndpointSlices", () -> resource.inform(this));
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
        String service = labels == null ? null : labels.get(SliceApi.SERVICE_LABEL);
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
                .filter(s -> service.equals(s.getMetadata().getLabels().get(SliceApi.SERVICE_LABEL)))
                .forEach(s -> ready.addAll(readyPods(s)));
        EndpointState before = of(service);
        if (!before.ready().equals(ready)) {
            states.put(service, new EndpointState(before.changes() + 1, ready));
            history.add(new Change(Instant.now(), service, Set.copyOf(ready)));
        }
    }

    private static Set<String> readyPods(GenericKubernetesResource slice) {
        Set<String> ready = new TreeSet<>();
        SliceEndpoint.of(slice).stream()
                .filter(e -> e.ready() && !e.pod().isEmpty())
                .forEach(e -> ready.add(e.pod()));
        return ready;
    }

    @Override
    public void close() {
        informer.close();
    }
}

package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.SliceEndpoint;
import io.kubeecho.cluster.SliceWatch;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Service.EndpointState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Watches the EndpointSlices of the run's namespace, and counts how often each Service's ready pods change. That nothing was
 * heard for a while counts as a change of every Service: no verdict may rest on it.
 */
final class EndpointSlices implements SliceWatch.Listener, AutoCloseable {

    private final Map<String, EndpointState> states = new HashMap<>();
    private final List<Change> history = new ArrayList<>();
    private final SliceWatch watch;

    /** What became of a Service's ready pods at a moment, in words. */
    record Change(Instant at, String service, String what) {}

    /**
     * Begins to watch.
     *
     * @param client for nothing else; closed with this, and when this fails
     * @throws LabException if they may not be watched
     */
    EndpointSlices(KubernetesClient client, String namespace) {
        try {
            watch = new SliceWatch(client, namespace, Optional.empty(), "the namespace " + namespace);
            changed(watch.slices(), System.nanoTime());
            watch.start(this);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    /** A Service's state as of the last event; {@link EndpointState#UNHEARD} before the first. */
    synchronized EndpointState of(String service) {
        return states.getOrDefault(service, EndpointState.UNHEARD);
    }

    synchronized List<Change> history() {
        return List.copyOf(history);
    }

    @Override
    public synchronized void changed(Collection<EndpointSlice> slices, long at) {
        Map<String, Set<String>> ready = new TreeMap<>();
        states.keySet().forEach(service -> ready.put(service, new TreeSet<>()));
        for (EndpointSlice slice : slices) {
            Map<String, String> labels = slice.getMetadata().getLabels();
            String service = labels == null ? null : labels.get(SliceEndpoint.SERVICE_LABEL);
            if (service != null) {
                Set<String> pods = ready.computeIfAbsent(service, name -> new TreeSet<>());
                SliceEndpoint.of(slice).stream()
                        .filter(e -> e.ready() && !e.pod().isEmpty())
                        .forEach(e -> pods.add(e.pod()));
            }
        }
        ready.forEach((service, pods) -> {
            EndpointState before = of(service);
            // a Service without endpoints has a slice too, which says so
            if (!before.isHeard() || !before.ready().equals(pods)) {
                states.put(
                        service,
                        before.isHeard() ? new EndpointState(before.changes() + 1, pods) : EndpointState.first(pods));
                history.add(new Change(Instant.now(), service, pods.toString()));
            }
        });
    }

    @Override
    public synchronized void broken(long since) {
        states.replaceAll((service, before) -> new EndpointState(before.changes() + 1, before.ready()));
        history.add(new Change(Instant.now(), "all Services", "cannot be watched"));
    }

    @Override
    public synchronized void mended(Collection<EndpointSlice> slices, long at) {
        history.add(new Change(Instant.now(), "all Services", "are watched again"));
        changed(slices, at);
    }

    @Override
    public void close() {
        watch.close();
    }
}

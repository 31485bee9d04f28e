package io.kubeecho.load.watch;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.cluster.SliceEndpoint;
import io.kubeecho.cluster.SliceWatch;
import io.kubeecho.lab.LabException;
import io.kubeecho.load.rollout.Endpoint;
import io.kubeecho.load.rollout.EndpointHistory;
import io.kubeecho.load.rollout.EndpointState;
import io.kubeecho.load.rollout.EndpointTimeline;
import io.kubeecho.load.rollout.WatchedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The endpoints of the Service that a load goes to, while it runs. */
public final class ServiceWatch implements WatchedService, SliceWatch.Listener, AutoCloseable {

    private final Optional<Duration> affinityTimeout;
    private final EndpointTimeline timeline;
    private final SliceWatch watch;

    /**
     * Begins to watch.
     *
     * @param kubeconfig empty for {@code KUBECONFIG}, {@code ~/.kube/config} or the in-cluster configuration
     * @param context of the kubeconfig; empty for the current one
     * @param grace for how long after a change a node may act on what was before
     * @throws LabException if there is no such Service, or it may not be watched; the message is one line for the user
     */
    public static ServiceWatch open(
            Optional<Path> kubeconfig, Optional<String> context, ServiceName name, Duration grace) {
        KubernetesClient client = ClusterAccess.open(kubeconfig, context);
        try {
            return new ServiceWatch(client, name, grace);
        } catch (RuntimeException e) {
            client.close();
            throw e;
        }
    }

    ServiceWatch(KubernetesClient client, ServiceName name, Duration grace) {
        String namespace = name.namespace()
                .or(() -> Optional.ofNullable(client.getNamespace()))
                .orElse("default");
        String full = namespace + "/" + name.name();
        Service service = ClusterAccess.ask(
                "reading the Service " + full,
                () -> client.services()
                        .inNamespace(namespace)
                        .withName(name.name())
                        .get());
        if (service == null) {
            throw new LabException("there is no Service " + full + " in the cluster at " + ClusterAccess.place(client)
                    + " (--watch-service)");
        }
        affinityTimeout = affinityTimeout(service);
        watch = new SliceWatch(
                client, namespace, Optional.of(Map.entry(SliceEndpoint.SERVICE_LABEL, name.name())), full);
        timeline = new EndpointTimeline(full, grace, picture(watch.slices()));
        watch.start(this);
    }

    private static Optional<Duration> affinityTimeout(Service service) {
        if (!"ClientIP".equals(service.getSpec().getSessionAffinity())) {
            return Optional.empty();
        }
        return Optional.ofNullable(service.getSpec().getSessionAffinityConfig())
                .flatMap(config -> Optional.ofNullable(config.getClientIP()))
                .flatMap(clientIp -> Optional.ofNullable(clientIp.getTimeoutSeconds()))
                .map(Duration::ofSeconds)
                .or(() -> Optional.of(Duration.ofHours(3)));
    }

    /** For how long the Service promises to keep a source on its pod; empty if it does not. */
    public Optional<Duration> affinityTimeout() {
        return affinityTimeout;
    }

    @Override
    public EndpointHistory since(long zero) {
        return timeline.since(zero);
    }

    private static Map<Endpoint, EndpointState> picture(Collection<EndpointSlice> slices) {
        Map<Endpoint, EndpointState> endpoints = new HashMap<>();
        slices.stream()
                .flatMap(slice -> SliceEndpoint.of(slice).stream())
                .forEach(e -> endpoints.merge(
                        new Endpoint(e.pod(), e.uid(), e.address(), e.node()),
                        state(e),
                        (a, b) -> a.compareTo(b) >= 0 ? a : b));
        return endpoints;
    }

    private static EndpointState state(SliceEndpoint endpoint) {
        if (endpoint.ready()) {
            return EndpointState.READY;
        }
        return endpoint.terminating() ? EndpointState.TERMINATING : EndpointState.NOT_READY;
    }

    @Override
    public void changed(Collection<EndpointSlice> slices, long at) {
        timeline.observe(picture(slices), at);
    }

    @Override
    public void broken(long since) {
        timeline.broken(since);
    }

    @Override
    public void mended(Collection<EndpointSlice> slices, long at) {
        timeline.mended(picture(slices), at);
    }

    @Override
    public void close() {
        watch.close();
    }
}

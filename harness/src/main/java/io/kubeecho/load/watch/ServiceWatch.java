package io.kubeecho.load.watch;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.cluster.SliceApi;
import io.kubeecho.cluster.SliceEndpoint;
import io.kubeecho.lab.LabException;
import io.kubeecho.load.rollout.Endpoint;
import io.kubeecho.load.rollout.EndpointHistory;
import io.kubeecho.load.rollout.EndpointState;
import io.kubeecho.load.rollout.EndpointTimeline;
import io.kubeecho.load.rollout.WatchedService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lists a Service's EndpointSlices and watches them from there on. The library's informers mend a broken watch without a
 * word, and what they hear late looks as if it had just happened; so this lists and watches again by itself, and knows when
 * it was deaf. Since a connection can also die without a word, it lists every few seconds what it should have heard of.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks of an executor that is ended as a whole
public final class ServiceWatch implements WatchedService, AutoCloseable {

    private static final long CONFIRM_MILLIS = 5_000;

    /** What a list shows and the watch has not brought yet is on its way for so long. */
    private static final long DOUBT_MILLIS = 1_000;

    private static final long RETRY_MILLIS = 500;

    private final KubernetesClient client;
    private final Optional<Duration> affinityTimeout;
    private final FilterWatchListDeletable<
                    GenericKubernetesResource, GenericKubernetesResourceList, Resource<GenericKubernetesResource>>
            slices;
    private final EndpointTimeline timeline;
    private final ScheduledExecutorService mender = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "service-watch");
        thread.setDaemon(true);
        return thread;
    });

    // guarded by this
    private final Map<String, GenericKubernetesResource> known = new HashMap<>();
    private @Nullable Listening listening;
    private boolean closed;
    private long confirmed;
    private boolean doubted;

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
        this.client = client;
        client.getConfiguration().setWatchReconnectLimit(0);
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
            throw new LabException("there is no Service " + full + " in the cluster at "
                    + client.getConfiguration().getMasterUrl() + " (--watch-service)");
        }
        affinityTimeout = affinityTimeout(service);
        slices = SliceApi.in(client, namespace).withLabel(SliceApi.SERVICE_LABEL, name.name());
        confirmed = System.nanoTime();
        GenericKubernetesResourceList list = ClusterAccess.ask("listing the endpoints of " + full, slices::list);
        know(list);
        timeline = new EndpointTimeline(full, grace, picture(known));
        ClusterAccess.ask("watching the endpoints of " + full, () -> listen(list));
        mender.schedule(this::confirm, CONFIRM_MILLIS, TimeUnit.MILLISECONDS);
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

    private Watch listen(GenericKubernetesResourceList from) {
        Listening next = new Listening();
        synchronized (this) {
            listening = next;
        }
        Watch watch = slices.watch(
                new ListOptionsBuilder()
                        .withResourceVersion(from.getMetadata().getResourceVersion())
                        .build(),
                next);
        synchronized (this) {
            next.watch = watch;
            if (closed || listening != next) {
                watch.close();
            }
        }
        return watch;
    }

    private synchronized void know(GenericKubernetesResourceList list) {
        known.clear();
        list.getItems().forEach(slice -> known.put(slice.getMetadata().getName(), slice));
    }

    private static Map<Endpoint, EndpointState> picture(Map<String, GenericKubernetesResource> slices) {
        Map<Endpoint, EndpointState> endpoints = new HashMap<>();
        slices.values().stream()
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

    private synchronized void heard(Listening from, Watcher.Action action, GenericKubernetesResource slice) {
        if (closed || from != listening) {
            return;
        }
        confirmed = System.nanoTime();
        switch (action) {
            case ADDED, MODIFIED -> known.put(slice.getMetadata().getName(), slice);
            case DELETED -> known.remove(slice.getMetadata().getName());
            case ERROR, BOOKMARK -> {
                return;
            }
        }
        timeline.observe(picture(known), confirmed);
    }

    /** A watch has ended that should not have, at that time. */
    private synchronized void lost(Listening which, long since) {
        if (closed || which != listening) {
            return;
        }
        listening = null;
        timeline.broken(since);
        if (which.watch != null) {
            which.watch.close();
        }
        mender.execute(this::mend);
    }

    private void mend() {
        try {
            GenericKubernetesResourceList list = slices.list();
            synchronized (this) {
                if (closed) {
                    return;
                }
                know(list);
                confirmed = System.nanoTime();
                timeline.mended(picture(known), confirmed);
            }
            listen(list);
        } catch (KubernetesClientException e) {
            synchronized (this) {
                if (closed) {
                    return;
                }
                listening = null;
                timeline.broken(System.nanoTime());
                mender.schedule(this::mend, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    /** Lists what should have been heard of. */
    private void confirm() {
        Listening current;
        Map<Endpoint, EndpointState> before;
        synchronized (this) {
            if (closed) {
                return;
            }
            current = listening;
            before = picture(known);
        }
        long next = CONFIRM_MILLIS;
        if (current != null) {
            long asked = System.nanoTime();
            Optional<Map<Endpoint, EndpointState>> listed = listed();
            synchronized (this) {
                boolean quiet = confirmed < asked && before.equals(picture(known));
                boolean same = listed.filter(picture(known)::equals).isPresent();
                if (same) {
                    confirmed = Math.max(confirmed, asked);
                }
                boolean deaf = listed.isEmpty() || (quiet && !same && doubted);
                doubted = quiet && !same && !deaf;
                if (deaf) {
                    lost(current, confirmed);
                }
                next = doubted ? DOUBT_MILLIS : CONFIRM_MILLIS;
            }
        }
        synchronized (this) {
            if (!closed) {
                mender.schedule(this::confirm, next, TimeUnit.MILLISECONDS);
            }
        }
    }

    private Optional<Map<Endpoint, EndpointState>> listed() {
        try {
            Map<String, GenericKubernetesResource> all = new HashMap<>();
            slices.list()
                    .getItems()
                    .forEach(slice -> all.put(slice.getMetadata().getName(), slice));
            return Optional.of(picture(all));
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            if (listening != null && listening.watch != null) {
                listening.watch.close();
            }
            mender.shutdownNow();
        }
        client.close();
    }

    /** One watch, from when it is asked for until it ends. */
    private final class Listening implements Watcher<GenericKubernetesResource> {

        // guarded by the outer instance
        private @Nullable Watch watch;

        @Override
        public void eventReceived(Action action, GenericKubernetesResource slice) {
            heard(this, action, slice);
        }

        @Override
        public void onClose(WatcherException cause) {
            lost(this, System.nanoTime());
        }
    }
}

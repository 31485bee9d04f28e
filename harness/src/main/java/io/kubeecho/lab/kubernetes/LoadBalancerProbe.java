package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.lab.LabException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether the cluster has a controller for load balancers. The API does not tell, so a Service is made that needs
 * one. It is there while the run's pods start, which is time enough for any controller to show itself: by an address, by a
 * finalizer, or by an event about the Service. Only one that has shown itself is waited for.
 */
final class LoadBalancerProbe {

    private static final String LOOKING = "looking for a load balancer's controller";

    private final KubernetesClient client;
    private final Optional<Service> made;

    /** @param wanted of type LoadBalancer; a cluster that refuses it, as a quota may, gives no addresses */
    LoadBalancerProbe(KubernetesClient client, Run run, Service wanted) {
        this.client = client;
        this.made = make(client, run, wanted);
    }

    private static Optional<Service> make(KubernetesClient client, Run run, Service wanted) {
        try {
            return Optional.of(ClusterAccess.create(
                    "making a Service of type LoadBalancer", client.services().resource(wanted), run::owns));
        } catch (LabException e) {
            return Optional.empty();
        }
    }

    /**
     * Removes the Service, and says what became of it.
     *
     * @param patience how long a controller that is at work may take to give an address
     */
    LoadBalancers end(Duration patience) {
        return made.map(service -> {
                    try {
                        return found(service, patience);
                    } finally {
                        ClusterAccess.ask(
                                LOOKING,
                                () -> client.services().resource(service).delete());
                    }
                })
                .orElseGet(() -> new LoadBalancers.None("the cluster takes no Service of type LoadBalancer"));
    }

    private LoadBalancers found(Service service, Duration patience) {
        Service now = ClusterAccess.ask(
                LOOKING, () -> client.services().resource(service).get());
        List<Event> events = now == null ? List.of() : eventsOf(now);
        String by = name(events);
        if (now != null && LoadBalancers.ingress(now).isPresent()) {
            return new LoadBalancers.Controller(client, by, patience);
        }
        boolean atWork = now != null && (!now.getMetadata().getFinalizers().isEmpty() || !events.isEmpty());
        if (!atWork) {
            return new LoadBalancers.None("none, no controller has looked at a Service of type LoadBalancer");
        }
        return ClusterAccess.ask(LOOKING, () -> isGivenWithin(service, patience))
                ? new LoadBalancers.Controller(client, by, patience)
                : new LoadBalancers.None("none, %s gave no address within %d s%s"
                        .formatted(by, patience.toSeconds(), lastWords(eventsOf(now))));
    }

    private List<Event> eventsOf(Service service) {
        String uid = service.getMetadata().getUid();
        String namespace = service.getMetadata().getNamespace();
        List<Event> all = ClusterAccess.ask(
                LOOKING,
                () -> client.v1().events().inNamespace(namespace).list().getItems());
        return all.stream()
                .filter(event -> uid.equals(event.getInvolvedObject().getUid()))
                .toList();
    }

    /** By what only they say of a Service: k3s's ServiceLB applies a DaemonSet for each, MetalLB allocates an address. */
    private static String name(List<Event> events) {
        if (events.stream().anyMatch(event -> "AppliedDaemonSet".equals(event.getReason()))) {
            return "k3s's ServiceLB";
        }
        return events.stream()
                .map(event ->
                        event.getSource() == null ? null : event.getSource().getComponent())
                .filter(component -> component != null && !component.isEmpty())
                .findFirst()
                .orElse("the cluster's controller");
    }

    private static String lastWords(List<Event> events) {
        return events.isEmpty() ? "" : ": " + events.get(events.size() - 1).getMessage();
    }

    private boolean isGivenWithin(Service service, Duration patience) {
        try {
            client.services()
                    .resource(service)
                    .waitUntilCondition(
                            s -> s != null && LoadBalancers.ingress(s).isPresent(),
                            patience.toMillis(),
                            TimeUnit.MILLISECONDS);
            return true;
        } catch (KubernetesClientTimeoutException e) {
            return false;
        }
    }
}

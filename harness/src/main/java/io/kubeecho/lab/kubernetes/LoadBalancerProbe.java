package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.kubeecho.cluster.ClusterAccess;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether the cluster has a controller for load balancers. The API does not tell, so a Service is made that needs
 * one. It is there while the run's pods start, which is time enough for any controller to show itself: by an address, by a
 * finalizer, or by an event about the Service. Only one that has shown itself is waited for.
 */
final class LoadBalancerProbe {

    private final KubernetesClient client;
    private final Optional<Service> made;

    /** @param wanted of type LoadBalancer; a cluster that refuses it, as a quota may, gives no addresses */
    LoadBalancerProbe(KubernetesClient client, Service wanted) {
        this.client = client;
        this.made = make(client, wanted);
    }

    private static Optional<Service> make(KubernetesClient client, Service wanted) {
        try {
            return Optional.of(client.services().resource(wanted).create());
        } catch (KubernetesClientException e) {
            return Optional.empty();
        }
    }

    /**
     * Removes the Service, and says what became of it.
     *
     * @param patience how long a controller that is at work may take to give an address
     */
    LoadBalancers end(Duration patience) {
        return made.map(service -> ClusterAccess.ask("looking for a load balancer's controller", () -> {
                    try {
                        return addressWasGiven(service, patience)
                                ? new LoadBalancers.Controller(client, patience)
                                : new LoadBalancers.None();
                    } finally {
                        client.services().resource(service).delete();
                    }
                }))
                .orElseGet(LoadBalancers.None::new);
    }

    private boolean addressWasGiven(Service service, Duration patience) {
        Service now = client.services().resource(service).get();
        if (now == null) {
            return false;
        }
        if (LoadBalancers.ingress(now).isPresent()) {
            return true;
        }
        return isAtWork(now) && isGivenWithin(service, patience);
    }

    private boolean isAtWork(Service service) {
        return !service.getMetadata().getFinalizers().isEmpty()
                || client.v1().events().inNamespace(service.getMetadata().getNamespace()).list().getItems().stream()
                        .anyMatch(event -> service.getMetadata()
                                .getUid()
                                .equals(event.getInvolvedObject().getUid()));
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

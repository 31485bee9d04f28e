package io.kubeecho.lab.kubernetes;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Timing;
import java.util.List;
import java.util.Optional;

/** Where a run's clients off the cluster come from, and how they are led to addresses that are not the nodes' own. */
public interface OffClusterClients extends AutoCloseable {

    /**
     * The clients, asked for once the run's pods are ready.
     *
     * @param hostNetworkPods at the nodes' own addresses: connected to directly, with no Service in between, they say as
     *     whom a client is seen
     * @param echoPort of those pods
     * @return empty where none reaches the nodes
     */
    List<Client> clients(List<Client> hostNetworkPods, int echoPort, Timing timing);

    /** Addresses for load balancers. Empty where the run may take none: then it must not write any into a Service's status. */
    default Optional<RoutedAddresses> loadBalancerAddresses() {
        return Optional.empty();
    }

    @Override
    void close();
}

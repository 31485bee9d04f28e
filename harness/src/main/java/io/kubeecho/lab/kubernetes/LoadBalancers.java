package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Who gives a Service of type LoadBalancer its address, and leads traffic to a node. */
sealed interface LoadBalancers {

    LoadBalancing kind();

    /** Who it is, for a report. */
    String by();

    /**
     * A Service's address; asked for once.
     *
     * @throws LabException if there is none, or none in time
     */
    String addressOf(Service service);

    /** @throws UnsupportedOperationException unless the lab itself leads the traffic */
    default void enterAt(String address, Node entry) {
        throw new UnsupportedOperationException("where traffic enters is not the lab's to choose: " + kind());
    }

    /** What a Service's status says, an IP address or a name. */
    static Optional<String> ingress(Service service) {
        return Optional.ofNullable(service.getStatus())
                .flatMap(status -> Optional.ofNullable(status.getLoadBalancer()))
                .flatMap(balancer -> balancer.getIngress().stream().findFirst())
                .map(LoadBalancers::address);
    }

    private static String address(LoadBalancerIngress ingress) {
        return ingress.getIp() != null ? ingress.getIp() : ingress.getHostname();
    }

    /**
     * Nobody does.
     *
     * @param by why, in the report's words
     */
    record None(String by) implements LoadBalancers {
        @Override
        public LoadBalancing kind() {
            return LoadBalancing.NONE;
        }

        @Override
        public String addressOf(Service service) {
            throw new LabException(
                    "nobody gives the Service " + service.getMetadata().getName() + " a load balancer's address");
        }
    }

    /**
     * A controller in the cluster does.
     *
     * @param by its name, as far as it has told
     * @param patience how long it may take to give an address
     */
    record Controller(KubernetesClient client, String by, Duration patience) implements LoadBalancers {
        @Override
        public LoadBalancing kind() {
            return LoadBalancing.CONTROLLER;
        }

        @Override
        public String addressOf(Service service) {
            String name = service.getMetadata().getName();
            try {
                Service given = client.services()
                        .inNamespace(service.getMetadata().getNamespace())
                        .withName(name)
                        .waitUntilCondition(
                                s -> s != null && ingress(s).isPresent(), patience.toMillis(), TimeUnit.MILLISECONDS);
                return resolved(ingress(given).orElseThrow(), name);
            } catch (KubernetesClientTimeoutException e) {
                throw new LabException(
                        "%s gave the Service %s no load balancer's address within %d s"
                                .formatted(by, name, patience.toSeconds()),
                        e);
            } catch (KubernetesClientException e) {
                throw ClusterAccess.failed("waiting for the load balancer's address of " + name, e);
            }
        }

        /**
         * Some clouds give a name, which takes minutes until it resolves. It is asked for once, since clients are to go to
         * one address, and pods dial only addresses.
         */
        private String resolved(String given, String service) {
            Instant deadline = Instant.now().plus(patience);
            while (true) {
                try {
                    return InetAddress.getByName(given).getHostAddress();
                } catch (UnknownHostException e) {
                    if (Instant.now().isAfter(deadline)) {
                        throw new LabException(
                                "the load balancer's name of %s, %s, did not resolve within %d s"
                                        .formatted(service, given, patience.toSeconds()),
                                e);
                    }
                    pause();
                }
            }
        }

        private static void pause() {
            try {
                Thread.sleep(1_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
        }
    }

    /**
     * The lab itself does, as MetalLB does in layer 2 mode. It writes the address into the Service's status, from which every
     * kube-proxy makes its rules, and leads the clients off the cluster to it by way of a node.
     *
     * @param first where traffic enters until somebody chooses another node
     */
    record Routed(KubernetesClient client, RoutedAddresses addresses, Node first) implements LoadBalancers {
        @Override
        public LoadBalancing kind() {
            return LoadBalancing.ROUTED;
        }

        @Override
        public String by() {
            return "the lab's own";
        }

        @Override
        public String addressOf(Service service) {
            String name = service.getMetadata().getName();
            String address = addresses.take();
            String status = "{\"status\":{\"loadBalancer\":{\"ingress\":[{\"ip\":\"%s\"}]}}}".formatted(address);
            ClusterAccess.ask(
                    "writing a load balancer's address into the status of " + name,
                    () -> client.services()
                            .inNamespace(service.getMetadata().getNamespace())
                            .withName(name)
                            .subresource("status")
                            .patch(PatchContext.of(PatchType.JSON_MERGE), status));
            enterAt(address, first);
            return address;
        }

        @Override
        public void enterAt(String address, Node entry) {
            addresses.route(address, entry);
        }
    }
}

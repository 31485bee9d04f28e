package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;

/** A Service of the run, in front of its backends. */
final class KubernetesService implements Service {

    private static final int PORT = 80;

    private final KubernetesClient client;
    private final EndpointSlices slices;
    private final ServiceSpec spec;
    private final io.fabric8.kubernetes.api.model.Service object;

    private KubernetesService(
            KubernetesClient client,
            EndpointSlices slices,
            ServiceSpec spec,
            io.fabric8.kubernetes.api.model.Service object) {
        this.client = client;
        this.slices = slices;
        this.spec = spec;
        this.object = object;
    }

    static KubernetesService create(
            KubernetesClient client, EndpointSlices slices, Run run, String name, ServiceSpec spec) {
        io.fabric8.kubernetes.api.model.Service wanted = wanted(run, name, spec);
        return new KubernetesService(
                client,
                slices,
                spec,
                ClusterAccess.ask(
                        "making the Service " + name,
                        () -> client.services().resource(wanted).create()));
    }

    private static io.fabric8.kubernetes.api.model.Service wanted(Run run, String name, ServiceSpec spec) {
        ServiceBuilder service = new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(run.namespace())
                .withLabels(run.labels())
                .endMetadata()
                .withNewSpec()
                .withType(spec.type() == ServiceSpec.Type.NODE_PORT ? "NodePort" : "ClusterIP")
                .withSelector(run.labels(EchoPods.BACKEND))
                .addNewPort()
                .withName("echo")
                .withProtocol("TCP")
                .withPort(PORT)
                .withTargetPort(new IntOrString(EchoPods.ECHO_PORT))
                .endPort()
                .endSpec();
        if (spec.sessionAffinity() instanceof SessionAffinity.ClientIP clientIp) {
            service.editSpec()
                    .withSessionAffinity("ClientIP")
                    .withNewSessionAffinityConfig()
                    .withNewClientIP()
                    .withTimeoutSeconds(wholeSeconds(clientIp.timeout()))
                    .endClientIP()
                    .endSessionAffinityConfig()
                    .endSpec();
        }
        if (spec.type() == ServiceSpec.Type.NODE_PORT) {
            service.editSpec()
                    .withExternalTrafficPolicy(
                            spec.externalTrafficPolicy() == ExternalTrafficPolicy.LOCAL ? "Local" : "Cluster")
                    .endSpec();
        }
        return service.build();
    }

    private static int wholeSeconds(Duration timeout) {
        if (timeout.toMillis() % 1000 != 0) {
            throw new LabException("a cluster counts affinity timeouts in whole seconds, not " + timeout);
        }
        return Math.toIntExact(timeout.toSeconds());
    }

    @Override
    public String name() {
        return object.getMetadata().getName();
    }

    @Override
    public ServiceSpec spec() {
        return spec;
    }

    @Override
    public FrontEnd clusterIp() {
        return new FrontEnd(object.getSpec().getClusterIP(), PORT);
    }

    @Override
    public FrontEnd nodePort(Node entry, Client from) {
        Integer port = object.getSpec().getPorts().get(0).getNodePort();
        if (port == null || port == 0) {
            throw new IllegalStateException(name() + " has no node port");
        }
        return new FrontEnd(entry.address(), port);
    }

    @Override
    public EndpointState endpoints() {
        return slices.of(name());
    }

    @Override
    public void close() {
        ClusterAccess.ask(
                "deleting the Service " + name(),
                () -> client.services().resource(object).delete());
    }
}

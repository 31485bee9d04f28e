package io.kubeecho.lab.kubernetes;

import static java.util.Objects.requireNonNullElse;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A Service of the run, in front of its backends or of a workload. */
final class KubernetesService implements Service {

    /** Of a Service that nobody outside its cluster IP has to share it with. */
    private static final int PORT = 80;

    private final KubernetesClient client;
    private final EndpointSlices slices;
    private final LoadBalancers loadBalancers;
    private final io.fabric8.kubernetes.api.model.Service object;
    private final int healthCheckNodePort;
    private ServiceSpec spec;
    private @Nullable String loadBalancerAddress;

    private KubernetesService(
            KubernetesClient client,
            EndpointSlices slices,
            LoadBalancers loadBalancers,
            ServiceSpec spec,
            io.fabric8.kubernetes.api.model.Service object) {
        this.client = client;
        this.slices = slices;
        this.loadBalancers = loadBalancers;
        this.spec = spec;
        this.object = object;
        this.healthCheckNodePort = requireNonNullElse(object.getSpec().getHealthCheckNodePort(), 0);
    }

    /**
     * @param selector the labels of its pods
     * @param ports for one that is of type LoadBalancer
     */
    static KubernetesService create(
            KubernetesClient client,
            EndpointSlices slices,
            LoadBalancers loadBalancers,
            Run run,
            String name,
            ServiceSpec spec,
            Map<String, String> selector,
            LoadBalancerPorts ports) {
        int port = spec.type() == ServiceSpec.Type.LOAD_BALANCER ? ports.next() : PORT;
        io.fabric8.kubernetes.api.model.Service wanted = wanted(run, name, spec, selector, port);
        return new KubernetesService(
                client,
                slices,
                loadBalancers,
                spec,
                ClusterAccess.create(
                        "making the Service " + name, client.services().resource(wanted), run::owns));
    }

    static io.fabric8.kubernetes.api.model.Service wanted(
            Run run, String name, ServiceSpec spec, Map<String, String> selector, int port) {
        ServiceBuilder service = new ServiceBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(run.namespace())
                .withLabels(run.labels())
                .endMetadata()
                .withNewSpec()
                .withType(type(spec.type()))
                .withSelector(selector)
                .withSessionAffinity(affinity(spec.sessionAffinity()))
                .addNewPort()
                .withName("echo")
                .withProtocol("TCP")
                .withPort(port)
                .withTargetPort(new IntOrString(EchoPods.ECHO_PORT))
                .endPort()
                .endSpec();
        if (spec.sessionAffinity() instanceof SessionAffinity.ClientIP clientIp) {
            service.editSpec()
                    .withNewSessionAffinityConfig()
                    .withNewClientIP()
                    .withTimeoutSeconds(wholeSeconds(clientIp.timeout()))
                    .endClientIP()
                    .endSessionAffinityConfig()
                    .endSpec();
        }
        if (isExternal(spec)) {
            service.editSpec()
                    .withExternalTrafficPolicy(policy(spec.externalTrafficPolicy()))
                    .endSpec();
        }
        return service.build();
    }

    /**
     * What turns a Service into the one specified, as a JSON merge patch (RFC 7386): a null takes a field away, which the
     * affinity's configuration has to be where there is no affinity.
     */
    static String change(ServiceSpec changed) {
        JsonNodeFactory json = JsonNodeFactory.instance;
        ObjectNode fields = json.objectNode().put("sessionAffinity", affinity(changed.sessionAffinity()));
        if (changed.sessionAffinity() instanceof SessionAffinity.ClientIP clientIp) {
            fields.putObject("sessionAffinityConfig")
                    .putObject("clientIP")
                    .put("timeoutSeconds", wholeSeconds(clientIp.timeout()));
        } else {
            fields.putNull("sessionAffinityConfig");
        }
        if (isExternal(changed)) {
            fields.put("externalTrafficPolicy", policy(changed.externalTrafficPolicy()));
        }
        return json.objectNode().set("spec", fields).toString();
    }

    private static boolean isExternal(ServiceSpec spec) {
        return spec.type() != ServiceSpec.Type.CLUSTER_IP;
    }

    private static String type(ServiceSpec.Type type) {
        return switch (type) {
            case CLUSTER_IP -> "ClusterIP";
            case NODE_PORT -> "NodePort";
            case LOAD_BALANCER -> "LoadBalancer";
        };
    }

    private static String affinity(SessionAffinity affinity) {
        return affinity instanceof SessionAffinity.ClientIP ? "ClientIP" : "None";
    }

    private static String policy(ExternalTrafficPolicy policy) {
        return policy == ExternalTrafficPolicy.LOCAL ? "Local" : "Cluster";
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

    private int port() {
        return object.getSpec().getPorts().get(0).getPort();
    }

    @Override
    public FrontEnd clusterIp() {
        return new FrontEnd(object.getSpec().getClusterIP(), port());
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
    public FrontEnd loadBalancer(Client from) {
        return new FrontEnd(loadBalancerAddress(), port());
    }

    @Override
    public void enterAt(Node entry) {
        loadBalancers.enterAt(loadBalancerAddress(), entry);
    }

    private String loadBalancerAddress() {
        if (spec.type() != ServiceSpec.Type.LOAD_BALANCER) {
            throw new IllegalStateException(name() + " is not of type LoadBalancer");
        }
        String address = loadBalancerAddress;
        if (address == null) {
            address = loadBalancers.addressOf(object);
            loadBalancerAddress = address;
        }
        return address;
    }

    @Override
    public FrontEnd healthCheckNodePort(Node node, Client from) {
        if (healthCheckNodePort == 0) {
            throw new IllegalStateException(name() + " was made without a health check port");
        }
        return new FrontEnd(node.address(), healthCheckNodePort);
    }

    @Override
    public void update(ServiceSpec changed) {
        if (changed.type() != spec.type()) {
            throw new IllegalArgumentException(
                    "%s is of type %s and stays so, not %s".formatted(name(), spec.type(), changed.type()));
        }
        ClusterAccess.ask(
                "changing the Service " + name(),
                () -> client.services()
                        .inNamespace(object.getMetadata().getNamespace())
                        .withName(name())
                        .patch(PatchContext.of(PatchType.JSON_MERGE), change(changed)));
        spec = changed;
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

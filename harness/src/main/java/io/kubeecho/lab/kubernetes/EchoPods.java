package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.kubeecho.lab.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The specifications of a run's pods: all are the echo server's image, in three roles. */
final class EchoPods {

    static final String BACKEND = "backend";
    static final String CLIENT = "client";
    static final String HOST_CLIENT = "host-client";

    static final int ECHO_PORT = 8080;
    static final int MANAGEMENT_PORT = 9180;

    private static final String HOSTNAME_LABEL = "kubernetes.io/hostname";

    /** Private ranges (RFC 1918, RFC 6598, RFC 4193): where Services, pods and nodes have their addresses. */
    private static final String DIALLED_NETWORKS = "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,fc00::/7";

    private final Run run;
    private final KubernetesOptions options;
    private final String dialToken;
    private final Ports hostPorts;

    /** The two ports of a host-network pod, which its node shares with everybody. */
    record Ports(int echo, int management) {

        private static final int FIRST = 20_000;
        private static final int PAIRS = 4_000;

        /** A pair below the ephemeral ports (32768) and the node ports (30000), chosen anew for each run. */
        static Ports choose(RandomGenerator random) {
            int first = FIRST + 2 * random.nextInt(PAIRS);
            return new Ports(first, first + 1);
        }
    }

    EchoPods(Run run, KubernetesOptions options, String dialToken, Ports hostPorts) {
        this.run = run;
        this.options = options;
        this.dialToken = dialToken;
        this.hostPorts = hostPorts;
    }

    /** A pod behind the run's Services. */
    Pod backend(String name, Node node) {
        return backend(name, node, BACKEND);
    }

    /** @param role what the Services in front of it select by */
    Pod backend(String name, Node node, String role) {
        return pod(name, node, role, new Ports(ECHO_PORT, MANAGEMENT_PORT), false);
    }

    /** A client with a pod's address. */
    Pod client(String name, Node node) {
        return pod(name, node, CLIENT, new Ports(ECHO_PORT, MANAGEMENT_PORT), false);
    }

    /** A client with its node's address. */
    Pod hostClient(String name, Node node) {
        return pod(name, node, HOST_CLIENT, hostPorts, true);
    }

    private Pod pod(String name, Node node, String role, Ports ports, boolean hostNetwork) {
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(run.namespace())
                .withLabels(run.labels(role))
                .endMetadata()
                .withNewSpec()
                .withNodeSelector(Map.of(HOSTNAME_LABEL, node.name()))
                .withHostNetwork(hostNetwork)
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(2L)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(65_532L)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName("echo")
                .withImage(options.image())
                .withImagePullPolicy(options.imagePullPolicy())
                .withEnv(environment(name, ports))
                .addNewPort()
                .withName("echo")
                .withContainerPort(ports.echo())
                .endPort()
                .addNewPort()
                .withName("management")
                .withContainerPort(ports.management())
                .endPort()
                .withNewReadinessProbe()
                .withNewHttpGet()
                .withPath("/readyz")
                .withNewPort(ports.management())
                .endHttpGet()
                .withPeriodSeconds(1)
                .withTimeoutSeconds(2)
                .endReadinessProbe()
                .withNewResources()
                .withRequests(Map.of("cpu", new Quantity("20m"), "memory", new Quantity("64Mi")))
                .withLimits(Map.of("memory", new Quantity("256Mi")))
                .endResources()
                .withNewSecurityContext()
                .withAllowPrivilegeEscalation(false)
                .withReadOnlyRootFilesystem(true)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    private List<EnvVar> environment(String name, Ports ports) {
        List<EnvVar> environment = new ArrayList<>();
        environment.add(variable("NGINX_PORT", String.valueOf(ports.echo())));
        environment.add(variable("KUBE_ECHO_MANAGEMENT_PORT", String.valueOf(ports.management())));
        // on the host's network the host's name would be the node's
        environment.add(variable("KUBE_ECHO_HOSTNAME", name));
        environment.add(variable("KUBE_ECHO_DRAIN_DELAY", "0s"));
        // in every role: a pod behind a Service is a client of it too, when it is to reach itself
        environment.add(variable("KUBE_ECHO_DIAL_TOKEN", dialToken));
        environment.add(variable("KUBE_ECHO_DIAL_ALLOW", DIALLED_NETWORKS));
        return environment;
    }

    private static EnvVar variable(String name, String value) {
        return new EnvVarBuilder().withName(name).withValue(value).build();
    }
}

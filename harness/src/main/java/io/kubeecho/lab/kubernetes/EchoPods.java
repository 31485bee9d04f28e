package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.AffinityBuilder;
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

    /**
     * Where nodes, pods, Services and load balancers may have their addresses: every unicast address but those of the pod
     * itself (127.0.0.0/8, ::1) and of its link, where clouds have their credentials (169.254.0.0/16, fe80::/10). Not only
     * private ones, since many clusters give public addresses, at the latest to load balancers.
     */
    static final String DIALLED_NETWORKS = "1.0.0.0/8,2.0.0.0/7,4.0.0.0/6,8.0.0.0/5,16.0.0.0/4,32.0.0.0/3,64.0.0.0/3,"
            + "96.0.0.0/4,112.0.0.0/5,120.0.0.0/6,124.0.0.0/7,126.0.0.0/8,128.0.0.0/3,160.0.0.0/5,168.0.0.0/8,"
            + "169.0.0.0/9,169.128.0.0/10,169.192.0.0/11,169.224.0.0/12,169.240.0.0/13,169.248.0.0/14,169.252.0.0/15,"
            + "169.255.0.0/16,170.0.0.0/7,172.0.0.0/6,176.0.0.0/4,192.0.0.0/3,2000::/3,fc00::/7";

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
                .withAffinity(onlyOn(node))
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

    /** By the node's name: its label {@code kubernetes.io/hostname} may be another. */
    private static Affinity onlyOn(Node node) {
        return new AffinityBuilder()
                .withNewNodeAffinity()
                .withNewRequiredDuringSchedulingIgnoredDuringExecution()
                .addNewNodeSelectorTerm()
                .addNewMatchField()
                .withKey("metadata.name")
                .withOperator("In")
                .withValues(node.name())
                .endMatchField()
                .endNodeSelectorTerm()
                .endRequiredDuringSchedulingIgnoredDuringExecution()
                .endNodeAffinity()
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

package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.CreateNetworkCmd;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Network.Ipam;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.kubernetes.Run;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.testcontainers.containers.Network;

/**
 * The network that the nodes and the clients off the cluster are on. Docker gives out addresses from the lower half of its
 * subnet only, so that the upper half stays free for further addresses.
 *
 * @param network for Testcontainers
 */
record LabNetwork(Network network, Cidr subnet, ReservedAddresses reserved) {

    /** On the network, so that somebody who looks at it sees which half is not Docker's. */
    private static final String RESERVED_LABEL = "kube-echo.io/reserved";

    private static final int ATTEMPTS = 5;

    /** Fewer addresses in each half would not be enough for clients, load balancers and nodes. */
    private static final int LONGEST_PREFIX = 26;

    /**
     * Makes it. The subnet is one that Docker chooses, by the rules of this engine: a network is made and removed to learn it,
     * as a range within it can be asked for only together with the subnet. Somebody else may take it in between.
     *
     * @throws LabException if Docker has no subnet left, or only small ones
     */
    static LabNetwork create(DockerClient docker, Run run, Map<String, String> labels) {
        for (int attempt = 1; ; attempt++) {
            Cidr subnet = subnetOfDockersChoice(docker, run, labels);
            if (subnet.prefix() > LONGEST_PREFIX) {
                throw new LabException(
                        "Docker's network %s is too small, the lab needs a /%d; set default-address-pools in Docker's daemon.json"
                                .formatted(subnet, LONGEST_PREFIX));
            }
            ReservedAddresses reserved = new ReservedAddresses(subnet);
            Map<String, String> all = new HashMap<>(labels);
            all.put(RESERVED_LABEL, reserved.block().toString());
            Ipam.Config range = new Ipam.Config()
                    .withSubnet(subnet.toString())
                    .withIpRange(subnet.lowerHalf().toString());
            try {
                Network network = network(run, all, cmd -> cmd.withIpam(new Ipam().withConfig(range)));
                return new LabNetwork(network, subnet, reserved);
            } catch (DockerException e) {
                boolean taken = DockerProblem.text(e).contains("overlap");
                if (!taken || attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    private static Cidr subnetOfDockersChoice(DockerClient docker, Run run, Map<String, String> labels) {
        String id = network(run, labels, cmd -> {}).getId();
        try {
            return docker.inspectNetworkCmd().withNetworkId(id).exec().getIpam().getConfig().stream()
                    .map(Ipam.Config::getSubnet)
                    .filter(subnet -> !subnet.contains(":"))
                    .map(Cidr::parse)
                    .findFirst()
                    .orElseThrow(() -> new LabException("Docker makes networks without IPv4"));
        } finally {
            docker.removeNetworkCmd(id).exec();
        }
    }

    private static Network network(Run run, Map<String, String> labels, Consumer<CreateNetworkCmd> more) {
        Network network = Network.builder()
                .createNetworkCmdModifier(
                        cmd -> cmd.withName(run.namespace()).withLabels(labels).withAttachable(true))
                .createNetworkCmdModifier(more)
                .build();
        // made with the first question for its id, and here rather than in the middle of a container's creation
        network.getId();
        return network;
    }
}

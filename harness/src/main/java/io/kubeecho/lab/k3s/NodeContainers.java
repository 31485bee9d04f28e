package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.k3s.K3sContainer;
import org.testcontainers.utility.DockerImageName;

/** The specifications of the lab's containers: the server, the agents, and a shell beside the clients off the cluster. */
final class NodeContainers {

    static final String SERVER = "server";
    private static final String TESTCONTAINERS_IMAGE = "rancher/k3s";

    private final String image;
    private final String namePrefix;
    private final LabNetwork network;
    private final Map<String, String> labels;
    private final String token;
    private final List<String> arguments;

    /** @param arguments of every node's command line, the server's too */
    NodeContainers(
            String image,
            String namePrefix,
            LabNetwork network,
            Map<String, String> labels,
            String token,
            List<String> arguments) {
        this.image = image;
        this.namePrefix = namePrefix;
        this.network = network;
        this.labels = labels;
        this.token = token;
        this.arguments = arguments;
    }

    /** The control plane, which is a node too. */
    K3sContainer server(WaitStrategy untilKubeconfigIsThere) {
        K3sContainer server =
                new K3sContainer(DockerImageName.parse(image).asCompatibleSubstituteFor(TESTCONTAINERS_IMAGE));
        server.withNetwork(network.network())
                .withNetworkAliases(SERVER)
                .withLabels(labels)
                .withEnv("K3S_TOKEN", token)
                .withCommand(command(
                        List.of(
                                "server",
                                "--disable=traefik",
                                "--disable=metrics-server",
                                "--disable=local-storage",
                                // it would give every load balancer the addresses of all nodes, so that nobody could
                                // choose where traffic enters, and two Services could not have the same port
                                "--disable=servicelb",
                                "--tls-san=" + server.getHost()),
                        arguments))
                .withCreateContainerCmdModifier(Reaper.leftAlone())
                .withCreateContainerCmdModifier(named(SERVER))
                .withCreateContainerCmdModifier(NodeContainers::withCgroupsOfItsOwn)
                .withCreateContainerCmdModifier(publishedHereOnly(K3sContainer.KUBE_SECURE_PORT))
                .waitingFor(untilKubeconfigIsThere)
                .setExposedPorts(List.of(K3sContainer.KUBE_SECURE_PORT));
        return server;
    }

    /** A node that joins the server. */
    GenericContainer<?> agent(String name) {
        return new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network.network())
                .withNetworkAliases(name)
                .withLabels(labels)
                .withEnv("K3S_URL", "https://%s:%d".formatted(SERVER, K3sContainer.KUBE_SECURE_PORT))
                .withEnv("K3S_TOKEN", token)
                .withCommand(command(List.of("agent"), arguments))
                .withPrivilegedMode(true)
                .withTmpFs(Map.of("/run", "", "/var/run", ""))
                .withCreateContainerCmdModifier(Reaper.leftAlone())
                .withCreateContainerCmdModifier(named(name))
                .withCreateContainerCmdModifier(NodeContainers::withCgroupsOfItsOwn)
                .waitingFor(new Started());
    }

    /** A client off the cluster: the echo server's image, with nothing but its dial endpoint published. */
    GenericContainer<?> client(
            String echoImage, String name, int managementPort, Map<String, String> environment, WaitStrategy ready) {
        return new GenericContainer<>(DockerImageName.parse(echoImage))
                .withNetwork(network.network())
                .withNetworkAliases(name)
                .withLabels(labels)
                .withEnv(environment)
                .withExposedPorts(managementPort)
                .withCreateContainerCmdModifier(Reaper.leftAlone())
                .withCreateContainerCmdModifier(named(name))
                .withCreateContainerCmdModifier(publishedHereOnly(managementPort))
                .withCreateContainerCmdModifier(
                        cmd -> cmd.getHostConfig().withReadonlyRootfs(true).withCapDrop(Capability.ALL))
                .waitingFor(ready);
    }

    /** Tools in another container's network namespace, since the echo server's image has none; does nothing by itself. */
    GenericContainer<?> toolsBeside(GenericContainer<?> other, String name) {
        return new GenericContainer<>(DockerImageName.parse(image))
                .withLabels(labels)
                .withNetworkMode("container:" + other.getContainerId())
                .withCreateContainerCmdModifier(Reaper.leftAlone())
                .withCreateContainerCmdModifier(cmd ->
                        cmd.withName(namePrefix + name).withEntrypoint("sleep").withCmd("2147483647"))
                .withCreateContainerCmdModifier(
                        cmd -> cmd.getHostConfig().withCapDrop(Capability.ALL).withCapAdd(Capability.NET_ADMIN))
                .waitingFor(new Started());
    }

    /**
     * K3sContainer asks for the machine's cgroups, which is right for a single node. Several would share one
     * {@code /kubepods}, where each kubelet removes what it does not know: the pods of the others.
     */
    private static void withCgroupsOfItsOwn(CreateContainerCmd cmd) {
        cmd.getHostConfig().withCgroupnsMode("private").withBinds();
    }

    private static String[] command(List<String> words, List<String> arguments) {
        return Stream.concat(words.stream(), arguments.stream()).toArray(String[]::new);
    }

    private Consumer<CreateContainerCmd> named(String name) {
        // the node's name in the cluster is its host name
        return cmd -> cmd.withName(namePrefix + name).withHostName(name);
    }

    /** An API server and a dial endpoint are nobody else's business: where Docker is this machine, others cannot connect. */
    private static Consumer<CreateContainerCmd> publishedHereOnly(int port) {
        String host = DockerClientFactory.instance().dockerHostIpAddress();
        if (!host.equals("localhost") && !host.startsWith("127.")) {
            return cmd -> {};
        }
        return cmd -> cmd.getHostConfig()
                .withPortBindings(new PortBinding(Ports.Binding.bindIp("127.0.0.1"), ExposedPort.tcp(port)));
    }

    /** Running is enough here: whether a node is any use is asked of the API. */
    private static final class Started extends AbstractWaitStrategy {
        @Override
        protected void waitUntilReady() {
            // Docker has said so
        }
    }
}

package io.kubeecho.lab.k3s;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.kubernetes.OffClusterClients;
import io.kubeecho.lab.kubernetes.RoutedAddresses;
import io.kubeecho.probe.EchoLine;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/**
 * Clients off the cluster: a container beside the nodes' on their network, with several addresses there, each of them a
 * client. A port published by Docker would show the nodes Docker's address instead of the client's.
 */
final class SiblingClients implements OffClusterClients, RoutedAddresses {

    private static final String NAME = "outside";
    private static final int MANAGEMENT_PORT = 9180;
    private static final int ECHO_PORT = 8080;

    /** As many as a scenario of several clients asks for. */
    private static final int ADDRESSES = 4;

    private final LabNetwork network;
    private final String dialToken = UUID.randomUUID().toString();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();
    private final GenericContainer<?> container;
    private final GenericContainer<?> tools;
    private final List<String> addresses = new ArrayList<>();

    /**
     * Starts the containers and gives the clients their addresses.
     *
     * @param startup how long they may take, beside the nodes that start at the same time
     */
    SiblingClients(NodeContainers specifications, String echoImage, LabNetwork network, Duration startup) {
        this.network = network;
        this.container = specifications.client(
                echoImage,
                NAME,
                MANAGEMENT_PORT,
                Map.of(
                        "NGINX_PORT",
                        String.valueOf(ECHO_PORT),
                        "KUBE_ECHO_MANAGEMENT_PORT",
                        String.valueOf(MANAGEMENT_PORT),
                        "KUBE_ECHO_HOSTNAME",
                        NAME,
                        "KUBE_ECHO_DRAIN_DELAY",
                        "0s",
                        "KUBE_ECHO_DIAL_TOKEN",
                        dialToken,
                        // nodes and load balancers have their addresses there, and nobody else is a client's affair
                        "KUBE_ECHO_DIAL_ALLOW",
                        network.subnet().toString()),
                Wait.forHttp("/readyz").forPort(MANAGEMENT_PORT).withStartupTimeout(startup));
        try {
            container.start();
            this.tools = specifications.toolsBeside(container, NAME + "-tools");
            tools.start();
        } catch (RuntimeException e) {
            throw DockerProblem.of("starting the client off the cluster", e);
        }
        addresses.add(ownAddress());
        while (addresses.size() < ADDRESSES) {
            String address = network.reserved().take();
            configure(IpCommand.addAddress(address));
            addresses.add(address);
        }
    }

    private String ownAddress() {
        return container.getContainerInfo().getNetworkSettings().getNetworks().values().stream()
                .findFirst()
                .orElseThrow(() -> new LabException("the client off the cluster is on no network"))
                .getIpAddress();
    }

    private void configure(List<String> command) {
        try {
            ExecResult result = tools.execInContainer(command.toArray(String[]::new));
            if (result.getExitCode() != 0) {
                throw new LabException("'%s' failed beside the client off the cluster: %s"
                        .formatted(String.join(" ", command), result.getStderr().strip()));
            }
        } catch (IOException e) {
            throw DockerProblem.of("running '%s'".formatted(String.join(" ", command)), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        }
    }

    @Override
    public List<Client> clients(List<Client> hostNetworkPods, int echoPort, Timing timing) {
        List<Client> clients = new ArrayList<>();
        for (String address : addresses) {
            clients.add(client(clients.size() + 1, address));
        }
        clients.forEach(client -> requireSeenAsItself(client, hostNetworkPods, echoPort, timing));
        return clients;
    }

    private Client client(int number, String address) {
        return new SiblingClient(
                NAME + "-" + number,
                address,
                "http://%s:%d".formatted(container.getHost(), container.getMappedPort(MANAGEMENT_PORT)),
                dialToken,
                http);
    }

    /**
     * Further clients of the same container, whose addresses are a block that it takes for its own. They are reached by way of
     * it: as neighbours of the nodes they would be more than a kernel keeps in mind (1,024, {@code gc_thresh3}).
     *
     * @param route has the nodes reach the block by way of an address
     * @return empty where the network has no room for so many
     */
    List<Client> multitude(int count, BiConsumer<Cidr, String> route) {
        Optional<Cidr> block = network.reserved().takeBlock(count);
        if (block.isEmpty()) {
            return List.of();
        }
        configure(IpCommand.own(block.get()));
        route.accept(block.get(), addresses.get(0));
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> client(ADDRESSES + i, block.get().address(i)))
                .toList();
    }

    /** What {@code externalTrafficPolicy: Local} has to preserve is the client's own address only if nothing else changes it. */
    private static void requireSeenAsItself(Client client, List<Client> pods, int echoPort, Timing timing) {
        List<DialPlan.Sequence> visits = pods.stream()
                .map(pod -> new DialPlan.Sequence(pod.name(), pod.address(), echoPort, List.of(Duration.ZERO)))
                .toList();
        try {
            for (Dialed dialed : client.dial(new DialPlan(visits, timing.connectTimeout(), timing.answerTimeout()))
                    .get()) {
                Optional<String> seen = dialed.outcome() instanceof Dialed.Answered answered
                        ? EchoLine.parse(answered.body()).map(EchoLine::clientIp)
                        : Optional.empty();
                if (!seen.equals(Optional.of(client.address()))) {
                    throw new LabException(
                            "the client %s off the cluster is not seen with its own address by the node of %s: %s"
                                    .formatted(client.address(), dialed.entry(), dialed.outcome()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException known
                    ? known
                    : new LabException("the client off the cluster cannot dial: " + e.getCause(), e);
        }
    }

    @Override
    public Optional<RoutedAddresses> loadBalancerAddresses() {
        return Optional.of(this);
    }

    @Override
    public String take() {
        return network.reserved().take();
    }

    @Override
    public void route(String address, Node via) {
        configure(IpCommand.route(address, via.address()));
    }

    /** The containers end with the run. */
    @Override
    public void close() {}
}

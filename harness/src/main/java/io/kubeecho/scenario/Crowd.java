package io.kubeecho.scenario;

import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.VantagePoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The lab's clients by where they are, since a data plane may treat each place differently. */
final class Crowd {

    private Crowd() {}

    /** The clients of one kind on one node, or those off the cluster. */
    record Group(VantagePoint from, Optional<Node> node, List<Client> clients) {}

    /** Pods on each node, and each node's own network. */
    static List<Group> onNodes(Lab lab) {
        List<Group> groups = new ArrayList<>();
        for (Node node : lab.nodes()) {
            for (VantagePoint from : List.of(POD, HOST_NETWORK)) {
                List<Client> own = on(lab, node, from);
                if (!own.isEmpty()) {
                    groups.add(new Group(from, Optional.of(node), own));
                }
            }
        }
        return groups;
    }

    static List<Client> on(Lab lab, Node node, VantagePoint from) {
        return lab.crowd(from).stream()
                .filter(c -> c.node().equals(Optional.of(node)))
                .toList();
    }

    /** At most so many pods of each node. */
    static List<Client> podsPerNode(Lab lab, int most) {
        return lab.nodes().stream()
                .flatMap(n -> on(lab, n, POD).stream().limit(most))
                .toList();
    }

    /** At most so many clients off the cluster; where there are none, pods, which reach node ports too. */
    static List<Client> comers(Lab lab, int most) {
        List<Client> outside = lab.crowd(OFF_CLUSTER);
        return (outside.isEmpty() ? podsPerNode(lab, most) : outside)
                .stream().limit(most).toList();
    }

    /**
     * Clients and numbers of Services so that there are at least {@code entries} pairs: every client, each at as many
     * Services as that takes, one after another.
     */
    static Stream<Seat> seats(List<Client> clients, int entries, int services) {
        int each = Math.min(services, (entries + clients.size() - 1) / clients.size());
        return IntStream.range(0, clients.size())
                .boxed()
                .flatMap(i ->
                        IntStream.range(0, each).mapToObj(j -> new Seat(clients.get(i), (i * each + j) % services)));
    }

    /** A client at a Service, by its number from 0. */
    record Seat(Client client, int service) {}
}

package io.kubeecho.probe;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * One client at one front end of one Service: what a data plane keeps one affinity entry for. One client at M Services
 * makes M entries.
 *
 * @param way which front end that is, and through which node
 * @param lane tells apart connections that one entry makes side by side; 0 where it makes them one after the other
 */
public record Entry(Client client, Service service, FrontEnd frontEnd, Way way, int lane) {

    private Entry(Client client, Service service, FrontEnd frontEnd, Way way) {
        this(client, service, frontEnd, way, 0);
    }

    public static Entry clusterIp(Client client, Service service) {
        return new Entry(client, service, service.clusterIp(), Way.clusterIp(client));
    }

    public static Entry nodePort(Client client, Service service, Node entry) {
        return new Entry(client, service, service.nodePort(entry, client), Way.nodePort(entry));
    }

    /** @param entry where clients off the cluster enter; empty where that is not known */
    public static Entry loadBalancer(Client client, Service service, Optional<Node> entry) {
        return new Entry(client, service, service.loadBalancer(client), Way.loadBalancer(client, entry));
    }

    public static Entry healthCheck(Client client, Service service, Node asked) {
        return new Entry(client, service, service.healthCheckNodePort(asked, client), Way.healthCheck(asked));
    }

    /** The same entry as {@code count} rows of connections side by side, for connections that are expected to hang. */
    public List<Entry> lanes(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(i -> new Entry(client, service, frontEnd, way, i))
                .toList();
    }

    /** A name that is unique in a run. */
    public String name() {
        return client.name() + " > " + service.name() + " " + frontEnd + (lane == 0 ? "" : " #" + lane);
    }
}

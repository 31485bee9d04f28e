package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.embedded.NodePortListener.Side;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A Service of the embedded lab: its front ends, each in front of the proxies of the nodes. */
final class EmbeddedService implements Service {

    /** The Service's port on its ClusterIP: 80 on a cluster, above 1023 where nobody is root. */
    private static final int SERVICE_PORT = 8080;

    private final ServiceRules rules;
    private final FrontEnd clusterIp;
    private final NetServer clusterIpListener;
    private final Map<NodeSide, NodePortListener> nodePorts = new HashMap<>();

    private record NodeSide(Node node, Side side) {}

    EmbeddedService(
            ServiceRules rules,
            String clusterIp,
            int nodePort,
            Topology topology,
            List<KubeProxy> proxies,
            Relay relay) {
        this.rules = rules;
        this.clusterIp = new FrontEnd(clusterIp, SERVICE_PORT);
        this.clusterIpListener = relay.listen(this.clusterIp, source -> decide(source, topology, proxies))
                .await();
        if (rules.spec().type() == ServiceSpec.Type.NODE_PORT) {
            for (KubeProxy proxy : proxies) {
                Node node = proxy.node();
                FrontEnd inner = new FrontEnd(node.address(), nodePort);
                FrontEnd outer = new FrontEnd(topology.outerAddress(node), nodePort);
                nodePorts.put(
                        new NodeSide(node, Side.INNER),
                        new NodePortListener(inner, Side.INNER, proxy, topology, relay, rules));
                nodePorts.put(
                        new NodeSide(node, Side.OUTER),
                        new NodePortListener(outer, Side.OUTER, proxy, topology, relay, rules));
            }
        }
    }

    /** A ClusterIP is the client's own node's affair, and no route leads there from outside. */
    private Decision decide(String source, Topology topology, List<KubeProxy> proxies) {
        Arrival arrival = new Arrival(source, topology.originOf(source), Arrival.Through.CLUSTER_IP);
        return topology.nodeOf(source)
                .flatMap(node ->
                        proxies.stream().filter(p -> p.node().equals(node)).findFirst())
                .map(proxy -> proxy.decide(rules, arrival))
                .orElseGet(Decision.Drop::new);
    }

    @Override
    public String name() {
        return rules.service();
    }

    @Override
    public ServiceSpec spec() {
        return rules.spec();
    }

    @Override
    public FrontEnd clusterIp() {
        return clusterIp;
    }

    @Override
    public FrontEnd nodePort(Node entry, Client from) {
        Side side = from.vantagePoint() == VantagePoint.OFF_CLUSTER ? Side.OUTER : Side.INNER;
        NodePortListener listener = nodePorts.get(new NodeSide(entry, side));
        if (listener == null) {
            throw new IllegalStateException(name() + " has no port on " + entry.name());
        }
        return listener.at();
    }

    @Override
    public EndpointState endpoints() {
        return new EndpointState(
                0, rules.endpoints().stream().map(Endpoint::name).collect(Collectors.toSet()));
    }

    @Override
    public void close() {
        clusterIpListener.close().await();
        try {
            for (NodePortListener listener : nodePorts.values()) {
                listener.close();
            }
            nodePorts.clear();
        } catch (IOException e) {
            throw new LabException("the embedded lab cannot close " + name() + ": " + e.getMessage(), e);
        }
    }
}

package io.kubeecho.lab;

import java.util.List;

/**
 * A cluster, or something that behaves like one, in which a run may make Services and connect to them.
 *
 * <p>A lab belongs to one run and one thread. Every call returns when the lab has accepted what was asked; that the data
 * plane has followed is for the scenario to find out. Calls throw {@link LabException} when the lab itself is at fault.
 */
public interface Lab extends AutoCloseable {

    Description describe();

    /** The durations that this lab's data plane and control plane ask for. */
    Timing timing();

    /** The nodes, in an order that does not change; at least one. */
    List<Node> nodes();

    /**
     * The run's echo pods, ready and in an order that does not change. Where there are three nodes or more, two are on each
     * of the first two nodes and none on the others, so that one layout serves every traffic policy.
     */
    List<Endpoint> endpoints();

    /** Clients at a vantage point, each with an address of its own; empty where this lab has none there. */
    List<Client> clients(VantagePoint from);

    /** Makes a Service in front of all {@link #endpoints()}. */
    Service create(ServiceSpec spec);

    /** Removes everything that the run made. */
    @Override
    void close();

    /**
     * What was tested, for the head of every report.
     *
     * @param lab the kind of lab
     * @param dataPlane what forwards the Services' traffic
     * @param version of the cluster or the lab
     */
    record Description(String lab, String dataPlane, String version) {}
}

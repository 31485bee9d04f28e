package io.kubeecho.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A cluster, or something that behaves like one, in which a run may make Services and connect to them.
 *
 * <p>A lab belongs to one run, whose scenarios may call it from several threads; each Service and workload belongs to the one
 * that made it. Every call returns when the lab has accepted what was asked; that the data plane has followed is for the
 * scenario to find out. Calls throw {@link LabException} when the lab itself is at fault.
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

    /**
     * {@link #clients} and further ones at the same vantage point, each with an address of its own, for what only many
     * addresses show. Where a lab has them at no great cost there are dozens on each node.
     */
    default List<Client> crowd(VantagePoint from) {
        return clients(from);
    }

    /**
     * Clients off the cluster, each with an address of its own: those of {@link #crowd} and, where a lab can have them,
     * hundreds more, for what only a full table shows.
     *
     * @param most how many are wanted
     * @return so many or fewer, in an order that does not change
     */
    default List<Client> multitude(int most) {
        return crowd(VantagePoint.OFF_CLUSTER).stream().limit(most).toList();
    }

    /**
     * The client inside an echo pod of {@link #endpoints()}: what it connects from is the endpoint's own address, so that
     * it may reach itself through a Service (hairpin).
     */
    Client clientIn(Endpoint endpoint);

    /** Makes a Service in front of all {@link #endpoints()}. */
    Service create(ServiceSpec spec);

    /**
     * Makes a Service in front of the pods of a workload, as they come and go.
     *
     * @param workload one of this lab's, still open
     */
    Service create(ServiceSpec spec, Workload workload);

    /**
     * Starts echo pods of the caller's own, beside {@link #endpoints()}, and returns when all are ready.
     *
     * @param placement the node of each pod; may be empty, for a Service without endpoints
     */
    Workload deploy(List<Node> placement);

    /** How a Service of type LoadBalancer comes by its address here. */
    LoadBalancing loadBalancing();

    /**
     * How many packets the lab's own machine is known to have lost until now. Where that grows during a scenario, what was
     * not answered says nothing about the data plane. 0 in a lab that cannot know.
     */
    default long packetsLost() {
        return 0;
    }

    /**
     * Keeps what may explain a failure, while the objects of the failed scenario still exist.
     *
     * @param folder to be made and filled; a lab whose observations tell everything leaves it out
     * @throws IOException if the folder cannot be written
     */
    default void diagnose(Path folder) throws IOException {}

    /**
     * Has {@link #close()} leave what the run made, for somebody to look at.
     *
     * @return what stays and how to remove it; empty where a lab cannot outlive its run
     */
    default Optional<String> keep() {
        return Optional.empty();
    }

    /** Removes everything that the run made. */
    @Override
    void close();

    /**
     * What was tested, for the head of every report.
     *
     * @param lab the kind of lab
     * @param kind whether what is seen in it is true of any cluster
     * @param dataPlane what forwards the Services' traffic
     * @param version of the cluster or the lab
     */
    record Description(String lab, Kind kind, String dataPlane, String version) {}

    /** What was tested. */
    enum Kind {
        /** A real data plane. */
        CLUSTER,
        /** A model of one: what is seen in it says nothing about any cluster. */
        SIMULATION
    }
}

package io.kubeecho.lab.k3s;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabWithDeadline;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Workload;
import io.kubeecho.lab.k3s.NodeFault.Change;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** A lab that tells of the changes that scenarios make, before it makes them, and that is soon out of patience. */
final class FaultyLab extends LabWithDeadline {

    /** A fault never converges, so this is what a row of the matrix costs; a sound kube-proxy needs 2 s. */
    private static final Duration CONVERGENCE = Duration.ofSeconds(10);

    private final Consumer<Change> beforeChange;

    FaultyLab(Lab lab, Consumer<Change> beforeChange) {
        super(lab, CONVERGENCE);
        this.beforeChange = beforeChange;
    }

    @Override
    public Service create(ServiceSpec spec) {
        return new FaultyService(super.create(spec), beforeChange);
    }

    @Override
    public Service create(ServiceSpec spec, Workload workload) {
        return new FaultyService(super.create(spec, ((FaultyWorkload) workload).workload()), beforeChange);
    }

    @Override
    public Workload deploy(List<Node> placement) {
        return new FaultyWorkload(super.deploy(placement), beforeChange);
    }

    private record FaultyService(Service service, Consumer<Change> beforeChange) implements Service {
        @Override
        public String name() {
            return service.name();
        }

        @Override
        public ServiceSpec spec() {
            return service.spec();
        }

        @Override
        public FrontEnd clusterIp() {
            return service.clusterIp();
        }

        @Override
        public FrontEnd nodePort(Node entry, Client from) {
            return service.nodePort(entry, from);
        }

        @Override
        public FrontEnd loadBalancer(Client from) {
            return service.loadBalancer(from);
        }

        @Override
        public void enterAt(Node entry) {
            service.enterAt(entry);
        }

        @Override
        public FrontEnd healthCheckNodePort(Node node, Client from) {
            return service.healthCheckNodePort(node, from);
        }

        @Override
        public void update(ServiceSpec changed) {
            beforeChange.accept(Change.SERVICE_UPDATED);
            service.update(changed);
        }

        @Override
        public EndpointState endpoints() {
            return service.endpoints();
        }

        @Override
        public void close() {
            service.close();
        }
    }

    private record FaultyWorkload(Workload workload, Consumer<Change> beforeChange) implements Workload {
        @Override
        public List<Endpoint> endpoints() {
            return workload.endpoints();
        }

        @Override
        public Endpoint start(Node node) {
            return workload.start(node);
        }

        @Override
        public void delete(Endpoint endpoint) {
            beforeChange.accept(Change.POD_DELETED);
            workload.delete(endpoint);
        }

        @Override
        public void close() {
            workload.close();
        }
    }
}

package io.kubeecho.scenario;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.Workload;
import java.time.Duration;
import java.util.List;

/** A lab with a fault never converges, so the deadline for that is what it costs: a third of it is plenty. */
record Impatient(Lab lab) implements Lab {
    @Override
    public Timing timing() {
        Timing t = lab.timing();
        return new Timing(
                t.affinityTimeout(),
                t.grain(),
                t.margin(),
                t.spacing(),
                t.settle(),
                Duration.ofSeconds(1),
                t.connectTimeout(),
                t.answerTimeout());
    }

    @Override
    public Description describe() {
        return lab.describe();
    }

    @Override
    public List<Node> nodes() {
        return lab.nodes();
    }

    @Override
    public List<Endpoint> endpoints() {
        return lab.endpoints();
    }

    @Override
    public List<Client> clients(VantagePoint from) {
        return lab.clients(from);
    }

    @Override
    public Client clientIn(Endpoint endpoint) {
        return lab.clientIn(endpoint);
    }

    @Override
    public Service create(ServiceSpec spec) {
        return lab.create(spec);
    }

    @Override
    public Service create(ServiceSpec spec, Workload workload) {
        return lab.create(spec, workload);
    }

    @Override
    public Workload deploy(List<Node> placement) {
        return lab.deploy(placement);
    }

    @Override
    public LoadBalancing loadBalancing() {
        return lab.loadBalancing();
    }

    @Override
    public long packetsLost() {
        return lab.packetsLost();
    }

    @Override
    public void close() {
        lab.close();
    }
}

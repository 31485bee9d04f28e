package io.kubeecho.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Another lab with a deadline of its own, by when the data plane has to have followed a change. */
public class LabWithDeadline implements Lab {

    private final Lab lab;
    private final Duration convergence;

    public LabWithDeadline(Lab lab, Duration convergence) {
        this.lab = lab;
        this.convergence = convergence;
    }

    @Override
    public Timing timing() {
        return lab.timing().withConvergence(convergence);
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
    public List<Client> crowd(VantagePoint from) {
        return lab.crowd(from);
    }

    @Override
    public List<Client> multitude(int most) {
        return lab.multitude(most);
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
    public void diagnose(Path folder) throws IOException {
        lab.diagnose(folder);
    }

    @Override
    public Optional<String> keep() {
        return lab.keep();
    }

    @Override
    public void close() {
        lab.close();
    }
}

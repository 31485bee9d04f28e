package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Removal;
import io.kubeecho.lab.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Pods with a role of their own, which is what the Services in front of them select by. */
final class KubernetesWorkload implements Workload {

    private final String name;
    private final Run run;
    private final EchoPods specifications;
    private final RunPods pods;
    private final Function<Pod, Endpoint> asEndpoint;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private int started;

    /**
     * @param name unique in the run
     * @param asEndpoint what a pod that is ready is to the lab
     */
    KubernetesWorkload(
            String name, Run run, EchoPods specifications, RunPods pods, Function<Pod, Endpoint> asEndpoint) {
        this.name = name;
        this.run = run;
        this.specifications = specifications;
        this.pods = pods;
        this.asEndpoint = asEndpoint;
    }

    /** What a Service in front of it selects by. */
    Map<String, String> selector() {
        return run.labels(name);
    }

    void start(List<Node> placement) {
        List<Pod> wanted = new ArrayList<>();
        for (Node node : placement) {
            started++;
            wanted.add(specifications.backend(name + "-" + started, node, name));
        }
        pods.start(wanted).forEach(pod -> endpoints.add(asEndpoint.apply(pod)));
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.copyOf(endpoints);
    }

    @Override
    public Endpoint start(Node node) {
        start(List.of(node));
        return endpoints.get(endpoints.size() - 1);
    }

    @Override
    public void delete(Endpoint endpoint) {
        if (!endpoints.remove(endpoint)) {
            throw new IllegalArgumentException(endpoint.name() + " is none of the pods of " + name);
        }
        pods.delete(endpoint.name());
    }

    @Override
    public void close() {
        Removal removal = new Removal();
        endpoints().forEach(endpoint -> removal.step("deleting the pod " + endpoint.name(), () -> delete(endpoint)));
        removal.end();
    }
}

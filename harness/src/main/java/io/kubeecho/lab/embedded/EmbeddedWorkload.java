package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Workload;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Echo servers that come and go, and the Services in front of them that hear of it. */
final class EmbeddedWorkload implements Workload {

    private final EchoPods pods;
    private final Map<Endpoint, EchoPods.Running> running = new LinkedHashMap<>();
    private final List<EmbeddedService> services = new ArrayList<>();

    EmbeddedWorkload(EchoPods pods, List<Node> placement) {
        this.pods = pods;
        placement.forEach(this::start);
    }

    void serveThrough(EmbeddedService service) {
        services.add(service);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.copyOf(running.keySet());
    }

    @Override
    public Endpoint start(Node node) {
        EchoPods.Running pod = pods.start(node);
        running.put(pod.endpoint(), pod);
        services.forEach(s -> s.endpoints(endpoints()));
        return pod.endpoint();
    }

    /** The rules lose the endpoint before it stops, which is also the order in which a cluster does it. */
    @Override
    public void delete(Endpoint endpoint) {
        EchoPods.Running pod = running.remove(endpoint);
        if (pod == null) {
            throw new LabException(endpoint.name() + " is no pod of this workload");
        }
        services.forEach(s -> s.endpoints(endpoints()));
        pod.stop();
    }

    @Override
    public void close() {
        List.copyOf(running.keySet()).forEach(this::delete);
    }
}

package io.kubeecho.agreement;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.joining;

import io.kubeecho.agreement.Visitor.Visit;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.Workload;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What becomes of connections to a Service that has no endpoint, and what the health check port says. */
final class Refusing {

    /** A node refuses by ICMP, of which Linux sends a peer a burst of six and then one a second. */
    private static final int CONNECTIONS = 1;

    private final Lab lab;
    private final Visitor visitor;

    private Refusing(Lab lab) {
        this.lab = lab;
        this.visitor = new Visitor(lab);
    }

    static Map<String, String> on(Lab lab) {
        Refusing refusing = new Refusing(lab);
        Map<String, String> answers = new LinkedHashMap<>();
        try (Workload none = lab.deploy(List.of())) {
            for (ExternalTrafficPolicy policy : ExternalTrafficPolicy.values()) {
                try (Service service = lab.create(ServiceSpec.loadBalancer(policy), none)) {
                    answers.putAll(Stable.measured(() -> refusing.withoutEndpoints(service, policy)));
                }
            }
        }
        try (Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            answers.putAll(Stable.measured(() -> refusing.healthCheck(service, "Local")));
            service.update(service.spec().with(CLUSTER));
            answers.putAll(Stable.measured(() -> refusing.healthCheck(service, "Local, changed to Cluster")));
        }
        return answers;
    }

    private Map<String, String> withoutEndpoints(Service service, ExternalTrafficPolicy policy) {
        Client pod = lab.clients(POD).get(0);
        Client host = lab.clients(HOST_NETWORK).get(0);
        Client outside = lab.clients(OFF_CLUSTER).get(0);
        Node node = lab.nodes().get(1);
        service.enterAt(node);
        Map<String, String> answers = new LinkedHashMap<>();
        if (policy == CLUSTER) {
            answers.put("no endpoints: pod → ClusterIP", inWords(pod, service.clusterIp()));
            answers.put("no endpoints: host network → ClusterIP", inWords(host, service.clusterIp()));
        }
        String with = ", " + Words.of(policy);
        answers.put("no endpoints: pod → NodePort" + with, inWords(pod, service.nodePort(node, pod)));
        answers.put("no endpoints: host network → NodePort" + with, inWords(host, service.nodePort(node, host)));
        answers.put("no endpoints: off-cluster → NodePort" + with, inWords(outside, service.nodePort(node, outside)));
        answers.put("no endpoints: pod → LoadBalancer" + with, inWords(pod, service.loadBalancer(pod)));
        answers.put("no endpoints: off-cluster → LoadBalancer" + with, inWords(outside, service.loadBalancer(outside)));
        return answers;
    }

    private Map<String, String> healthCheck(Service service, String policy) {
        Client outside = lab.clients(OFF_CLUSTER).get(0);
        Map<String, String> answers = new LinkedHashMap<>();
        answers.put(
                "health check port, " + policy + ": node with endpoints",
                inWords(outside, service.healthCheckNodePort(lab.nodes().get(0), outside)));
        answers.put(
                "health check port, " + policy + ": node without",
                inWords(outside, service.healthCheckNodePort(lab.nodes().get(2), outside)));
        return answers;
    }

    private String inWords(Client client, FrontEnd to) {
        return visitor.atOnce(client, to, CONNECTIONS).join().stream()
                .map(Refusing::inWords)
                .distinct()
                .sorted()
                .collect(joining(" or "));
    }

    private static String inWords(Visit visit) {
        return visit.line().isPresent() ? "answered" : visit.failure();
    }
}
